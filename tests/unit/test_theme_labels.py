"""What a theme is called before a person names it could be the name that a person gives."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from refleqt_core.context.themes import LONGEST_LABEL, label_of
from refleqt_core.intake.vents import VentEntry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def vent(text: str, *tags: str) -> VentEntry:
    return VentEntry(
        id=UUID(int=1), business_id=UUID(int=2), text=text, written_at=NOON, tags=tags, external_id="v", sentiment=0.0
    )


@pytest.mark.parametrize(
    ("topics", "label"),
    [
        (["", "till"], "till"),
        (["topic " * 200, "till"], "till"),
        (["the\nold  till"], "the old till"),
        ([" "], "The till is slow"),
    ],
)
def test_a_topic_that_is_no_name_is_passed_over(topics: list[str], label: str) -> None:
    assert label_of(vent("The till is slow. Again."), topics) == label


@pytest.mark.parametrize("text", [". . .", "...wait", "x" * 5000])
def test_every_vent_gives_its_theme_a_name(text: str) -> None:
    assert 0 < len(label_of(vent(text), [])) <= LONGEST_LABEL
