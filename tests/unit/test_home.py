"""Where Refleqt keeps what belongs to this machine."""

from pathlib import Path

import pytest

from refleqt_adapters.postgres.home import default_home


def test_the_variable_names_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REFLEQT_HOME", str(tmp_path / "with a space"))
    assert default_home() == tmp_path / "with a space"


def test_a_tilde_is_the_users_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("REFLEQT_HOME", "~/refleqt")
    assert default_home() == tmp_path / "refleqt"


def test_a_relative_name_counts_from_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REFLEQT_HOME", "state")
    assert default_home() == tmp_path / "state"


@pytest.mark.parametrize("value", [None, "", "  "], ids=["absent", "empty", "blank"])
def test_without_the_variable_it_is_the_platforms_folder_for_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str | None
) -> None:
    monkeypatch.delenv("REFLEQT_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("REFLEQT_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_home().is_relative_to(tmp_path) and default_home().name == "refleqt"


def test_nothing_is_created(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REFLEQT_HOME", str(tmp_path / "home"))
    default_home()
    assert list(tmp_path.iterdir()) == []
