"""What the Cipher promises, over every adapter of it."""

from collections.abc import Callable, Sequence
from functools import partial

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refleqt_adapters.cipher.fernet import FernetCipher
from refleqt_adapters.cipher.memory import MemoryCipher
from refleqt_core.errors import InvalidInput, NotAllowed
from refleqt_core.ports import Cipher


@attrs.frozen(kw_only=True)
class Case:
    """``cipher`` makes one from keys, newest first; ``keys`` are two that it accepts."""

    cipher: Callable[[Sequence[str]], Cipher]
    keys: tuple[str, str]


def memory() -> Case:
    return Case(cipher=partial(MemoryCipher, vault={}), keys=("first", "second"))


def fernet() -> Case:
    return Case(cipher=FernetCipher, keys=(FernetCipher.new_key(), FernetCipher.new_key()))


@pytest.fixture(params=[memory, fernet], ids=lambda make: make.__name__)
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.param()
    return made


@pytest.fixture
def cipher(case: Case) -> Cipher:
    return case.cipher(case.keys[:1])


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=st.text())
def test_every_secret_comes_back(cipher: Cipher, secret: str) -> None:
    assert cipher.decrypt(cipher.encrypt(secret)) == secret


def test_the_same_secret_has_another_ciphertext_each_time(cipher: Cipher) -> None:
    assert cipher.encrypt("token") != cipher.encrypt("token")


def test_the_secret_cannot_be_read_in_the_ciphertext(cipher: Cipher) -> None:
    assert b"correct horse" not in cipher.encrypt("correct horse")


@pytest.mark.parametrize("place", [0, 5, 20, 30])
def test_a_ciphertext_that_was_tampered_with_is_refused(cipher: Cipher, place: int) -> None:
    token = cipher.encrypt("token")
    changed = token[:place] + (b"A" if token[place : place + 1] != b"A" else b"B") + token[place + 1 :]
    with pytest.raises(NotAllowed):
        cipher.decrypt(changed)


@pytest.mark.parametrize("token", [b"", b"\x00\xff", b"not a ciphertext"])
def test_what_is_no_ciphertext_is_refused(cipher: Cipher, token: bytes) -> None:
    with pytest.raises(NotAllowed):
        cipher.decrypt(token)


def test_a_ciphertext_that_was_cut_is_refused(cipher: Cipher) -> None:
    with pytest.raises(NotAllowed):
        cipher.decrypt(cipher.encrypt("token")[:-4])


def test_a_newer_key_in_front_leaves_old_secrets_readable(case: Case, cipher: Cipher) -> None:
    old, new = case.keys
    assert case.cipher([new, old]).decrypt(cipher.encrypt("token")) == "token"


def test_the_newest_key_encrypts(case: Case) -> None:
    old, new = case.keys
    token = case.cipher([new, old]).encrypt("token")
    assert case.cipher([new]).decrypt(token) == "token"


def test_a_secret_of_a_key_that_is_no_longer_known_is_refused(case: Case, cipher: Cipher) -> None:
    with pytest.raises(NotAllowed):
        case.cipher(case.keys[1:]).decrypt(cipher.encrypt("token"))


def test_a_cipher_without_a_key_is_refused(case: Case) -> None:
    with pytest.raises(InvalidInput):
        case.cipher([])
