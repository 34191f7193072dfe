"""Which entries are found by what is asked, and campaigns with what they hold."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from composition import NOON, Composition, draft

from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.calendar_search import EntrySearch
from refleqt_core.intake.campaigns import CampaignDraft, CampaignService
from refleqt_core.values import BusinessId, Money

PAST = NOON - timedelta(days=40)


@pytest.fixture
def business(refleqt: Composition) -> BusinessId:
    made = refleqt.business()
    refleqt.calendar.import_entries(
        made,
        [
            draft("A", title="Cut food waste", owner="Mira", tags=("launch",), campaign="Spring", publish_at=NOON),
            draft("B", title="100% of chefs", owner="Bo", team=("Mira",), channel="email", publish_at=PAST),
            draft(
                "C",
                title="Margins",
                channels=("podcast",),
                notes="Ask Mira",
                primary_keyword="Food cost",
                status="idea",
                publish_at=None,
            ),
            draft("D", title="Looking back", publish_at=PAST, review_due=date(2026, 2, 20), status="published"),
            draft("E", title="Looked back", publish_at=PAST, review_due=date(2026, 2, 20), status="reviewed"),
        ],
        file("all.csv"),
    )
    return made


def file(name: str) -> Any:
    from refleqt_core.intake.drafts import ImportedFile

    return ImportedFile(name=name, blob="0" * 64)


def campaigns(refleqt: Composition) -> CampaignService:
    return CampaignService(store=refleqt.store, ids=refleqt.ids)


ASKED = {
    "a word of the title in other capitals": (EntrySearch(text="FOOD WASTE"), ["A"]),
    "a word wherever it stands": (EntrySearch(text="mira"), ["A", "C"]),
    "a word of the keyword": (EntrySearch(text="food"), ["A", "C"]),
    "a sign that has a meaning in SQL": (EntrySearch(text="100%"), ["B"]),
    "nothing but a sign that has a meaning in SQL": (EntrySearch(text="_"), []),
    "a member of the team": (EntrySearch(member="Mira"), ["B"]),
    "an owner": (EntrySearch(owner="Mira"), ["A"]),
    "a tag": (EntrySearch(tag="launch"), ["A"]),
    "a campaign": (EntrySearch(campaign="Spring"), ["A"]),
    "a campaign that is not there": (EntrySearch(campaign="Winter"), []),
    "two things at once": (EntrySearch(text="food", owner="Mira"), ["A"]),
    "a time": (EntrySearch(start=NOON, end=NOON + timedelta(days=1)), ["A"]),
    "reviews that are due, by their day or a month after": (EntrySearch(review_due_by=date(2026, 3, 2)), ["B", "D"]),
    "any channel that it goes out on": (EntrySearch(channel="podcast"), ["C"]),
    "a channel and a word": (EntrySearch(channel="podcast", text="food"), ["C"]),
    "reviews that are not due yet": (EntrySearch(review_due_by=date(2026, 2, 1)), []),
    "a channel": (EntrySearch(channel="email"), ["B"]),
}


@pytest.mark.parametrize(("asked", "names"), ASKED.values(), ids=ASKED)
def test_entries_are_found_by(refleqt: Composition, business: BusinessId, asked: EntrySearch, names: list[str]) -> None:
    found = refleqt.calendar.search(business, asked)
    assert sorted(entry.external_id for entry in found) == names
    assert sorted(each.external_id for each in refleqt.calendar.drafts(business, asked)) == names


def test_what_has_no_date_comes_last_whether_a_word_is_looked_for_or_not(
    refleqt: Composition, business: BusinessId
) -> None:
    for asked in (EntrySearch(), EntrySearch(text="a")):
        assert [entry.external_id for entry in refleqt.calendar.search(business, asked)][-1] == "C"


def test_another_business_s_entries_are_not_found(refleqt: Composition, business: BusinessId) -> None:
    assert business
    assert refleqt.calendar.search(refleqt.business("other"), EntrySearch(text="food")) == []


def test_a_review_is_due_by_the_calendar_on_the_business_s_own_wall(refleqt: Composition) -> None:
    late = datetime(2026, 2, 1, 23, 30, tzinfo=UTC)
    found = {}
    for slug, zone in (("utc", "UTC"), ("paris", "Europe/Paris")):
        business = refleqt.business(slug, time_zone=zone)
        refleqt.calendar.save(business, draft("A", publish_at=late))
        found[slug] = len(refleqt.calendar.search(business, EntrySearch(review_due_by=date(2026, 3, 3))))
    assert found == {"utc": 1, "paris": 0}


def test_campaigns_are_found_by_their_group(refleqt: Composition, business: BusinessId) -> None:
    campaigns(refleqt).save(business, CampaignDraft(name="Spring", group="2026", budget=Money(minor=100)))
    assert [entry.external_id for entry in refleqt.calendar.search(business, EntrySearch(group="2026"))] == ["A"]
    assert refleqt.calendar.search(business, EntrySearch(group="2026", campaign="Autumn")) == []


def test_a_campaign_keeps_its_entries_when_it_gets_its_particulars(refleqt: Composition, business: BusinessId) -> None:
    saved = campaigns(refleqt).save(business, CampaignDraft(name="Spring", goal="Demos", group="2026"))
    again = campaigns(refleqt).save(business, CampaignDraft(name="Spring", goal="Demos", group="2026"))
    [view] = campaigns(refleqt).list(business)
    assert (view.campaign, again) == (saved, saved)
    assert sum(view.entries.values()) == 1


def test_a_campaign_that_gets_another_name_keeps_its_entries(refleqt: Composition, business: BusinessId) -> None:
    campaigns(refleqt).rename(business, "Spring", "Spring 2026")
    assert [entry.external_id for entry in refleqt.calendar.search(business, EntrySearch(campaign="Spring 2026"))] == [
        "A"
    ]
    campaigns(refleqt).save(business, CampaignDraft(name="Autumn"))
    with pytest.raises(Conflict, match="'Autumn' already"):
        campaigns(refleqt).rename(business, "Spring 2026", "Autumn")


def test_only_a_campaign_without_entries_can_be_removed(refleqt: Composition, business: BusinessId) -> None:
    campaigns(refleqt).save(business, CampaignDraft(name="Autumn"))
    campaigns(refleqt).remove(business, "Autumn")
    with pytest.raises(Conflict, match="has 1 entries"):
        campaigns(refleqt).remove(business, "Spring")
    with pytest.raises(NotFound, match="no campaign 'Autumn'"):
        campaigns(refleqt).remove(business, "Autumn")


def test_a_campaign_cannot_end_before_it_begins(refleqt: Composition, business: BusinessId) -> None:
    with pytest.raises(InvalidInput, match="before it begins"):
        campaigns(refleqt).save(
            business, CampaignDraft(name="Spring", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 1))
        )
