"""Fernet: AES-128-CBC with HMAC-SHA256, by the package cryptography."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from refleqt_core.errors import InvalidInput, NotAllowed


class FernetCipher:
    """Encrypts with the first of ``keys`` (newest first) and decrypts with each of them.

    A key is 32 random bytes in URL-safe base64, as `new_key` makes them. To rotate, put a new one in front; when all
    that was encrypted with an old one has been encrypted anew, leave that one out. A key that is none, or no key at
    all, raises `InvalidInput`, which does not repeat the key.
    """

    def __init__(self, keys: Sequence[str]):
        if not keys:
            raise InvalidInput("a cipher needs at least one key; FernetCipher.new_key() makes one")
        self._fernet = MultiFernet([_fernet(position, key) for position, key in enumerate(keys, start=1)])

    @staticmethod
    def new_key() -> str:
        """A key that nobody has seen before."""
        return Fernet.generate_key().decode()

    def encrypt(self, secret: str) -> bytes:
        """A Fernet token: ASCII, and about a third longer than the secret in UTF-8, plus 100 bytes."""
        return self._fernet.encrypt(secret.encode())

    def decrypt(self, token: bytes) -> str:
        """The secret, made at any time."""
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken as exc:
            raise NotAllowed("the secret was tampered with, or its key is no longer known") from exc


def _fernet(position: int, key: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        # The cause is left out, since a traceback must never print a key.
        raise InvalidInput(
            f"key {position} is not 32 bytes in URL-safe base64; FernetCipher.new_key() makes one"
        ) from None
