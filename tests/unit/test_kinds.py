"""What people call the kinds of what is stored."""

import pytest
from composition import Composition

from refleqt_core.entities import Entity
from refleqt_core.errors import NotFound
from refleqt_core.intake.activities import Activity
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry, EntrySeries
from refleqt_core.intake.vents import VentEntry, VentTheme
from refleqt_core.kinds import KINDS, in_words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (VentEntry, "vent"),
        (VentTheme, "theme of vents"),
        (Activity, "activity"),
        (Business, "business"),
        (CalendarEntry, "calendar entry"),
        (EntrySeries, "series of entries"),
    ],
)
def test_a_kind_is_called_as_people_call_one_of_it(kind: type[Entity], words: str) -> None:
    assert in_words(kind) == words


def test_no_two_kinds_are_called_the_same_and_none_by_its_class() -> None:
    called = {in_words(kind) for kind in KINDS.values()}
    assert len(called) == len(KINDS) and not any("_" in words for words in called)
    assert not called & {kind.__name__ for kind in KINDS.values()}


def test_what_is_absent_is_named_as_people_name_it(refleqt: Composition) -> None:
    business, unknown = refleqt.business(), refleqt.ids.new()
    with pytest.raises(NotFound, match=f"^there is no vent {unknown}$"):
        refleqt.vent_reader.get(business, unknown)
