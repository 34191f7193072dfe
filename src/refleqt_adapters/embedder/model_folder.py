"""The folder that a model lies in: what it has to hold, and the digest by which its vectors are told apart."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from refleqt_core.errors import Fault, InvalidInput

DECIDING = frozenset({".json", ".txt", ".model", ".safetensors"})
"""Endings of the files that decide the vectors; a card, a picture or a licence does not."""
OTHER_FORMS = frozenset({"onnx", "openvino", ".git", ".cache"})
"""Folders with the same model for other programs."""


def check_folder(folder: Path, needed: Sequence[str]) -> None:
    """``folder`` is one, and every file of ``needed`` lies in it; else `InvalidInput` that names all that lack."""
    if not folder.is_dir():
        raise unusable(f"'{folder}' is no folder")
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        raise unusable(f"'{folder}' holds no {' and no '.join(missing)}")


def fingerprint(folder: Path) -> str:
    """The first 12 hexadecimal digits of SHA-256 over names and contents of the files that decide the vectors."""
    digest = hashlib.sha256()
    try:
        for path in _deciding(folder):
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            digest.update(path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape") + b"\0" + content)
    except OSError as error:
        raise unusable(f"'{error.filename}' cannot be read ({error.strerror})") from error
    return digest.hexdigest()[:12]


def unusable(problem: str) -> InvalidInput:
    """The fault of a folder that no model can be taken from, with the setting that names it."""
    remedy = "Set REFLEQT_EMBEDDER_PATH to the folder of a model that lies on this machine; nothing is downloaded."
    return InvalidInput([Fault("settings", None, "embedder_path", problem, remedy)])


def _deciding(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix in DECIDING and not OTHER_FORMS.intersection(inside.parts) and path.is_file():
            yield path
