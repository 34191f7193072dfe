"""An import that is refused leaves nothing behind."""

from pathlib import Path

import pytest
from composition import NOON

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.errors import InvalidInput

EXAMPLE = Path(__file__).parents[2] / "examples" / "business"
ACTIVITY = """external_id: A-1
activity_type: rant_round
held_at: 2026-03-02T10:00:00+01:00
audio: [talk.wav]
"""


def files(folder: Path) -> set[Path]:
    return {each for each in folder.rglob("*") if each.is_file()}


def test_an_activity_with_an_empty_recording_leaves_no_blob(tmp_path: Path) -> None:
    file, home = tmp_path / "activity.yaml", tmp_path / "home"
    file.write_text(ACTIVITY)
    (tmp_path / "talk.wav").touch()
    in_memory = Settings.in_memory(clock="simulated", clock_start=NOON, blobs="filesystem", home=home)
    with open_refleqt(in_memory) as refleqt:
        business = refleqt.importer().take_in(EXAMPLE / "onboarding.yaml")
        before = files(home)
        with pytest.raises(InvalidInput, match="empty"):
            refleqt.importer().import_file(business, file)
        assert files(home) == before
