"""The key that encrypts this machine's secrets where none is configured."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from .fernet import FernetCipher


def kept_key(path: Path) -> str:
    """The key in that file, which only its owner can read; made the first time, and the same for racing programs."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # for its owner alone
        with os.fdopen(handle, "w") as file:
            file.write(FernetCipher.new_key())
        with suppress(FileExistsError):
            os.link(fresh, path)  # all of the key or nothing of it
        Path(fresh).unlink()
    return path.read_text().strip()
