"""What other programs rely on is what the code does."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def contracts(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.contracts", *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_the_contracts_are_those_of_the_code():
    checked = contracts("--check")
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr


def test_what_differs_is_named(tmp_path: Path):
    assert contracts("--folder", tmp_path).returncode == 0
    (tmp_path / "openapi.json").write_text("{}")
    (tmp_path / "schemas/jobs/train_cdt.json").unlink()
    (tmp_path / "schemas/old.json").write_text("{}")
    checked = contracts("--check", "--folder", tmp_path)
    assert checked.returncode == 1
    assert checked.stdout.splitlines()[:3] == [
        "openapi.json differs from the code",
        "schemas/jobs/train_cdt.json is missing",
        "schemas/old.json has nothing in the code behind it; remove it",
    ]


def test_writing_twice_gives_the_same_bytes(tmp_path: Path):
    written = []
    for name in ("once", "again"):
        assert contracts("--folder", tmp_path / name).returncode == 0
        files = sorted((tmp_path / name).rglob("*.json"))
        written.append({file.relative_to(tmp_path / name): file.read_bytes() for file in files})
    assert written[0] == written[1] != {}
