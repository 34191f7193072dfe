"""Where Refleqt keeps what belongs to this machine: the embedded database, blobs, models, keys."""

import os
from pathlib import Path

import platformdirs


def default_home() -> Path:
    """The absolute folder that ``REFLEQT_HOME`` names, else the platform's folder for a user's data.

    ``~`` stands for the user's home, a relative path counts from the current folder, an empty variable is no variable.
    Nothing is created.
    """
    named = os.environ.get("REFLEQT_HOME", "").strip()
    folder = Path(named).expanduser() if named else platformdirs.user_data_path("refleqt", appauthor=False)
    return folder.absolute()
