"""The calendar in pages: however it is searched, the pages together are all that was found, once, in order."""

from datetime import timedelta
from uuid import uuid4

import pytest
from composition import NOON, Composition, draft
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.errors import NotFound
from refleqt_core.intake.calendar_search import EntrySearch

DAYS = st.lists(st.none() | st.integers(0, 3), max_size=8)


@settings(max_examples=40, deadline=None)
@given(DAYS, st.integers(1, 4), st.sampled_from([EntrySearch(), EntrySearch(text="waste"), EntrySearch(owner="Mira")]))
def test_the_pages_together_are_all_of_it_in_order(days: list[int | None], size: int, asked: EntrySearch) -> None:
    refleqt = Composition()
    business = refleqt.business()
    for number, day in enumerate(days):
        at = None if day is None else NOON + timedelta(days=day)
        refleqt.calendar.save(business, draft(f"E-{number}", publish_at=at, status="idea", owner="Mira"))
    seen, after = [], None
    for _ in range(len(days) + 1):
        found = refleqt.calendar.search(business, asked, after=after, limit=size)
        seen += found
        after = found[-1].id if found else after
    assert seen == refleqt.calendar.search(business, asked)
    assert len(seen) == len(days)


@pytest.mark.parametrize("asked", [EntrySearch(), EntrySearch(text="waste")])
def test_a_page_after_nothing_there_is_refused(refleqt: Composition, asked: EntrySearch) -> None:
    with pytest.raises(NotFound):
        refleqt.calendar.search(refleqt.business(), asked, after=uuid4())


@pytest.mark.parametrize("asked", [EntrySearch(), EntrySearch(text="waste")])
def test_an_entry_of_another_business_is_no_place_to_go_on_from(refleqt: Composition, asked: EntrySearch) -> None:
    entry = refleqt.calendar.save(refleqt.business(), draft())
    with pytest.raises(NotFound):
        refleqt.calendar.search(refleqt.business("other"), asked, after=entry.id)
