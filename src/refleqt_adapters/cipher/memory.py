"""A cipher whose ciphertexts are cloakroom tickets: for tests and simulations, within one process."""

import secrets
from collections.abc import MutableMapping, Sequence

from refleqt_core.errors import InvalidInput, NotAllowed

Vault = MutableMapping[bytes, tuple[str, str]]


class MemoryCipher:
    """Keeps each secret in ``vault`` under a random ticket, with the name of the key that was newest then.

    Nothing can be read from a ticket, and nothing outlives the vault. Ciphers that share a vault read each other's
    tickets as far as they know the keys; without one each has its own.
    """

    def __init__(self, keys: Sequence[str] = ("only",), vault: Vault | None = None):
        if not keys:
            raise InvalidInput("a cipher needs at least one key")
        self._keys = tuple(keys)
        self._vault = {} if vault is None else vault

    def encrypt(self, secret: str) -> bytes:
        """A ticket of 32 random bytes in URL-safe base64."""
        ticket = secrets.token_urlsafe(32).encode()
        self._vault[ticket] = (self._keys[0], secret)
        return ticket

    def decrypt(self, token: bytes) -> str:
        """The secret that the ticket was given for."""
        key, secret = self._vault.get(token, (None, ""))
        if key not in self._keys:
            raise NotAllowed("the secret was tampered with, or its key is no longer known")
        return secret
