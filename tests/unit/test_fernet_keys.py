"""Keys of the Fernet cipher."""

import traceback

import pytest

from refleqt_adapters.cipher.fernet import FernetCipher
from refleqt_core.errors import InvalidInput


@pytest.mark.parametrize("key", ["", "my-secret-pass-phrase", "my-secret-pass-phrase" * 3, "schlüssel"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="key 2"):
        FernetCipher([FernetCipher.new_key(), key])


def test_a_refused_key_is_not_printed() -> None:
    with pytest.raises(InvalidInput) as caught:
        FernetCipher(["my-secret-pass-phrase"])
    assert "my-secret-pass-phrase" not in "".join(str(line) for line in traceback.format_exception_only(caught.value))


def test_new_keys_differ() -> None:
    assert FernetCipher.new_key() != FernetCipher.new_key()
