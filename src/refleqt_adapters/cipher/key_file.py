"""The key that encrypts this machine's secrets where none is configured."""

import os
from contextlib import suppress
from pathlib import Path

from .fernet import FernetCipher


def kept_key(path: Path) -> str:
    """The key in that file, which only its owner can read; made the first time, and the same for racing programs."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(FernetCipher.new_key())
        with suppress(FileExistsError):
            os.link(fresh, path)  # all of the key or nothing of it
        fresh.unlink()
    return path.read_text().strip()
