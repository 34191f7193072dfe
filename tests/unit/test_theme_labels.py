"""What a theme is called before a person names it could be the name that a person gives."""

from datetime import UTC, datetime
from uuid import UUID

import attrs
import pytest

from refleqt_cli.vent_themes import told_of
from refleqt_core.context.themes import LONGEST_LABEL, label_of, named
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.vents import VentEntry, VentTheme

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


@pytest.mark.parametrize(
    ("text", "tags", "topics", "label"),
    [
        ("a. b. c", (), (), "a. b. c"),
        ("The till is slow", (), ("?", "ab", "till"), "till"),
        ("The till is slow", ("HR",), ("till",), "HR"),
        ("The till is slow", (), ("価格",), "価格"),
        ("😡😡😡", (), (), "😡😡😡"),
        ("The\u200b till\x07 is slow", (), (), "The till is slow"),
        ("a", (), (), "a"),
    ],
)
def test_a_label_has_three_letters_or_is_how_the_vent_begins(
    text: str, tags: tuple[str, ...], topics: tuple[str, ...], label: str
) -> None:
    assert label_of(vent(text, *tags), topics) == label


@pytest.mark.parametrize("label", ["", "  ", "x" * 121, "ti\u200bll", "\u202etill", "\x1b[31mtill", "\u200f"])
def test_a_label_that_cannot_be_seen_or_said_is_refused(label: str) -> None:
    with pytest.raises(InvalidInput) as error:
        named(label)
    assert error.value.faults[0].field == "label"


@pytest.mark.parametrize(
    ("tags", "topics", "taken", "label"),
    [
        (("customer",), ("till", "queue"), {"customer"}, "till"),
        (("Customer",), ("till",), {"customer", "till"}, "Customer: till"),
        (("customer",), (), {"customer"}, "The till is slow"),
        (("customer",), (), {"customer", "the till is slow", "the till is slow. again."}, "customer"),
    ],
)
def test_a_label_that_another_theme_has_is_passed_over_while_there_is_another(
    tags: tuple[str, ...], topics: tuple[str, ...], taken: set[str], label: str
) -> None:
    assert label_of(vent("The till is slow. Again.", *tags), topics, taken) == label


def test_a_theme_without_a_label_is_told_of_by_its_id() -> None:
    theme = VentTheme(id=UUID(int=7), business_id=UUID(int=2), label="", first_seen=NOON, last_seen=NOON)
    assert told_of(theme).startswith("The theme ") and "“”" not in told_of(theme)
    assert told_of(attrs.evolve(theme, label="till")) == "“till”"
