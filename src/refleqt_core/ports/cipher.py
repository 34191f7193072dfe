"""The Cipher: secrets at rest."""

from typing import Protocol


class Cipher(Protocol):
    """Encrypts with the newest key and decrypts with any that is still known."""

    def encrypt(self, secret: str) -> bytes:
        """An authenticated ciphertext, different each time."""
        ...

    def decrypt(self, token: bytes) -> str:
        """The secret. Tampered with, or made with a key that is no longer known: `NotAllowed`."""
        ...
