"""Entries of the calendar: saved, imported, moved and found."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from composition import FILE, NOON, Composition, draft, ids_of
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput, NotFound
from refleqt_core.intake.calendar import (
    ANGLES,
    ARTIFACT_TYPES,
    CHANNELS,
    FUNNEL_STAGES,
    KPIS,
    STATUSES,
    CalendarEntry,
    Campaign,
    DistributionPlan,
    Keyword,
    SeoMetadata,
    StatusChange,
)
from refleqt_core.intake.drafts import EntryDraft, ImportedFile
from refleqt_core.intake.imports import ImportBatch
from refleqt_core.values import BusinessId, Money

TABLES = (CalendarEntry, Campaign, Keyword, SeoMetadata, DistributionPlan, StatusChange)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


WORDS = st.text("abc xyz", min_size=1, max_size=8).filter(str.strip)
MONEY = st.builds(Money, minor=st.integers(0, 10**6), currency=st.sampled_from(["EUR", "USD"]))
DRAFTS = st.builds(
    EntryDraft,
    external_id=st.text("abc-12", min_size=1, max_size=4),
    title=WORDS,
    artifact_type=st.sampled_from(ARTIFACT_TYPES),
    status=st.sampled_from(STATUSES),
    publish_at=maybe(st.sampled_from([NOON + timedelta(days=n) for n in range(4)])),
    created_at=maybe(st.just(NOON - timedelta(days=300))),
    campaign=maybe(WORDS),
    funnel_stage=maybe(st.sampled_from(FUNNEL_STAGES)),
    icp_segment=maybe(WORDS),
    angle=maybe(st.sampled_from(ANGLES)),
    channel=maybe(st.sampled_from(CHANNELS)),
    channels=st.lists(st.sampled_from(CHANNELS), max_size=3).map(tuple),
    paid_budget=maybe(MONEY),
    production_cost=maybe(MONEY),
    primary_kpi=maybe(st.sampled_from(KPIS)),
    kpi_target=maybe(st.floats(0, 1e6)),
    utm_content=maybe(st.text("abc-", min_size=1, max_size=8)),
    primary_keyword=maybe(WORDS),
    secondary_keywords=st.lists(WORDS, max_size=2).map(tuple),
    search_volume=maybe(st.integers(0, 1000)),
    canonical_url=maybe(st.sampled_from(["https://brinewell.com/a", "https://brinewell.com/b"])),
).filter(lambda each: each.paid_budget is None or each.channel or each.channels)
CALENDARS = st.lists(DRAFTS, max_size=6, unique_by=lambda each: each.external_id)


def stored(refleqt: Composition, business: BusinessId) -> list[Any]:
    return [row for kind in TABLES for row in refleqt.rows(business, kind)]


@given(CALENDARS)
@settings(max_examples=60)
def test_importing_twice_is_importing_once(drafts: list[EntryDraft]) -> None:
    refleqt = Composition()
    business = refleqt.business()
    refleqt.calendar.import_entries(business, drafts, FILE)
    before, jobs = stored(refleqt, business), len(refleqt.queue.jobs())
    refleqt.pass_days(1)
    again = refleqt.calendar.import_entries(business, drafts, FILE)
    assert (again.new, again.changed, again.unchanged) == (0, 0, len(drafts))
    assert stored(refleqt, business) == before
    assert len(refleqt.queue.jobs()) == jobs


@given(CALENDARS, CALENDARS, st.integers(0, 5))
@settings(max_examples=60)
def test_every_row_read_is_new_changed_unchanged_or_rejected(
    first: list[EntryDraft], second: list[EntryDraft], rejected: int
) -> None:
    refleqt = Composition()
    business = refleqt.business()
    refleqt.calendar.import_entries(business, first, FILE)
    batch = refleqt.calendar.import_entries(
        business, second, ImportedFile(name="b.csv", blob="1" * 64, rejected=rejected)
    )
    assert batch.read == len(second) + rejected
    assert batch.read == batch.new + batch.changed + batch.unchanged + batch.rejected
    assert batch.new == len({each.external_id for each in second} - {each.external_id for each in first})


@given(CALENDARS, CALENDARS)
@settings(max_examples=60)
def test_after_an_import_the_entries_are_as_its_drafts_say(first: list[EntryDraft], second: list[EntryDraft]) -> None:
    refleqt = Composition()
    business = refleqt.business()
    refleqt.calendar.import_entries(business, first, FILE)
    refleqt.calendar.import_entries(business, second, FILE)
    entries = {entry.external_id: entry for entry in refleqt.rows(business, CalendarEntry)}
    seo = {row.calendar_entry_id: row for row in refleqt.rows(business, SeoMetadata)}
    for each in second:
        entry = entries[each.external_id]
        assert (entry.title, entry.status, entry.publish_at) == (each.title, each.status, each.publish_at)
        search = seo.get(entry.id)
        assert (search.primary_keyword if search else None) == each.primary_keyword
        assert (search.secondary_keywords if search else ()) == each.secondary_keywords


def test_an_import_is_on_record_with_its_file(refleqt: Composition) -> None:
    business = refleqt.business()
    batch = refleqt.calendar.import_entries(business, [draft()], FILE)
    assert refleqt.rows(business, ImportBatch) == [batch]
    assert (batch.kind, batch.file_name, batch.blob) == ("calendar", FILE.name, FILE.blob)


def test_a_key_that_stands_twice_in_a_file_is_named_and_nothing_is_imported(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput, match="'E-1' stands there twice"):
        refleqt.calendar.import_entries(business, [draft("E-1"), draft("E-2"), draft("E-1", title="Other")], FILE)
    assert refleqt.rows(business, CalendarEntry) == []


def test_a_fault_in_one_entry_leaves_all_out_and_names_it(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput, match=r"'E-2', field 'artifact_type': 'poem' is unknown"):
        refleqt.calendar.import_entries(business, [draft("E-1"), draft("E-2", artifact_type="poem")], FILE)
    assert stored(refleqt, business) == []


def test_all_faulty_entries_of_a_file_are_named_at_once(refleqt: Composition) -> None:
    drafts = [draft("E-1", title=""), draft("E-2"), draft("E-3", angle="rude")]
    with pytest.raises(InvalidInput) as refused:
        refleqt.calendar.import_entries(refleqt.business(), drafts, FILE)
    assert len(refused.value.faults) == 2


def test_a_saved_entry_is_categorised_and_tagged(refleqt: Composition) -> None:
    given = draft(title="How to launch: a guide", artifact_type="case_study", funnel_stage="mofu", angle="roi")
    entry = refleqt.calendar.save(refleqt.business(), given)
    assert entry.category == "proof"
    assert entry.tags == ("how-to", "launch", "mofu", "roi")


def test_saving_the_same_again_does_nothing(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.calendar.save(business, draft(primary_keyword="food waste", channels=("email",)))
    refleqt.pass_days(1)
    again = refleqt.calendar.save(business, draft(primary_keyword="food waste", channels=("email",)))
    assert again == first
    assert refleqt.rows(business, CalendarEntry) == [first]


def test_a_saved_change_keeps_identity_and_birth(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.calendar.save(business, draft())
    later = refleqt.pass_days(1)
    changed = refleqt.calendar.save(business, draft(title="Eleven ways"))
    assert (changed.id, changed.created_at, changed.updated_at) == (first.id, first.created_at, later)


def test_what_was_saved_is_read_back(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.calendar.save(business, draft())
    changed = refleqt.calendar.save(business, draft(title="Eleven ways"))
    assert changed.version == first.version + 1
    assert refleqt.rows(business, CalendarEntry) == [changed]


def test_a_saved_entry_can_be_found_by_its_words(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(title="Walk-in freezer audits"))
    refleqt.work()
    assert [hit.source_id for hit in refleqt.context.search(business, "freezer")] == [entry.id]


@pytest.mark.parametrize("words", [{"meta_description": "All about brining"}, {"primary_keyword": "brining"}], ids=str)
def test_an_entry_whose_search_fields_alone_change_has_changed_and_is_found_by_them(
    refleqt: Composition, words: dict[str, str]
) -> None:
    business = refleqt.business()
    refleqt.calendar.import_entries(business, [draft(primary_keyword="salt"), draft("E-2")], FILE)
    refleqt.work()
    later = refleqt.pass_days(1)
    batch = refleqt.calendar.import_entries(
        business, [draft(**{"primary_keyword": "salt"} | words), draft("E-2")], FILE
    )
    refleqt.work()
    assert (batch.changed, batch.unchanged) == (1, 1)
    assert [hit.text for hit in refleqt.context.search(business, "brining") if "brining" in hit.text]
    assert [entry.updated_at for entry in refleqt.rows(business, CalendarEntry, order="external_id")] == [later, NOON]


def test_a_keyword_that_is_taken_away_is_gone_from_the_search_fields(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(primary_keyword="food waste"))
    entry = refleqt.calendar.save(business, draft())
    assert [row.primary_keyword for row in refleqt.rows(business, SeoMetadata)] == [None]
    assert entry.keyword_cluster is None


def test_search_fields_that_a_draft_does_not_speak_of_survive_a_save(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(primary_keyword="food waste", index_status="indexed"))
    spoken_of = frozenset({"title", "primary_keyword"})
    refleqt.calendar.save(business, draft(primary_keyword="kitchen waste", given=spoken_of))
    assert [(row.primary_keyword, row.index_status) for row in refleqt.rows(business, SeoMetadata)] == [
        ("kitchen waste", "indexed")
    ]


def channels(refleqt: Composition, business: BusinessId) -> dict[str, Money | None]:
    return {plan.channel: plan.paid_budget for plan in refleqt.rows(business, DistributionPlan)}


def test_an_entry_goes_out_on_every_channel_that_is_named_once(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(channel="email", channels=("blog", "email", "blog")))
    assert channels(refleqt, business) == {"email": None, "blog": None}


@pytest.mark.parametrize(
    "given", [{"channel": "google_ads"}, {"channel": None, "channels": ("google_ads", "blog")}], ids=["main", "first"]
)
def test_a_paid_budget_belongs_to_the_first_channel(refleqt: Composition, given: dict[str, Any]) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(paid_budget=Money(minor=500), **given))
    assert channels(refleqt, business)["google_ads"] == Money(minor=500)


def test_a_paid_budget_without_a_channel_is_not_lost_but_refused(refleqt: Composition) -> None:
    with pytest.raises(InvalidInput, match=r"'E-1'.*paid_budget.*channel"):
        refleqt.calendar.save(refleqt.business(), draft(channel=None, paid_budget=Money(minor=500)))


def test_a_changed_budget_is_saved(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(paid_budget=Money(minor=500)))
    refleqt.calendar.save(business, draft(paid_budget=Money(minor=700)))
    assert channels(refleqt, business) == {"linkedin": Money(minor=700)}


def test_a_channel_that_is_no_longer_named_is_gone(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(channels=("email", "blog")))
    refleqt.calendar.save(business, draft(channels=("blog",)))
    assert set(channels(refleqt, business)) == {"linkedin", "blog"}
    entry = refleqt.calendar.save(business, draft())
    assert (entry.channel, channels(refleqt, business)) == ("linkedin", {})


def test_how_a_channel_is_used_survives_a_save(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    plan = DistributionPlan(
        id=uuid4(),
        business_id=business,
        calendar_entry_id=entry.id,
        channel="linkedin",
        posting_schedule=("monday",),
    )
    refleqt.add(business, plan)
    refleqt.calendar.save(business, draft(title="Eleven ways", channels=("email",)))
    kept = {each.channel: each.posting_schedule for each in refleqt.rows(business, DistributionPlan)}
    assert kept == {"linkedin": ("monday",), "email": ()}


def test_entries_of_one_campaign_share_it(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.import_entries(business, [draft("E-1", campaign="Spring"), draft("E-2", campaign="Spring")], FILE)
    [campaign] = refleqt.rows(business, Campaign)
    assert {entry.campaign_id for entry in refleqt.rows(business, CalendarEntry)} == {campaign.id}


def test_an_entry_can_be_moved_to_a_campaign_that_is_new(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(campaign="Spring"))
    entry = refleqt.calendar.save(business, draft(campaign="Summer"))
    assert [each.name for each in refleqt.rows(business, Campaign) if each.id == entry.campaign_id] == ["Summer"]


def test_keywords_that_share_most_words_share_a_cluster(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.calendar.save(business, draft("E-1", primary_keyword="kitchen food waste"))
    near = refleqt.calendar.save(business, draft("E-2", primary_keyword="food waste"))
    far = refleqt.calendar.save(business, draft("E-3", primary_keyword="knife sharpening"))
    assert first.keyword_cluster == near.keyword_cluster == "kitchen food waste"
    assert far.keyword_cluster == "knife sharpening"


def test_the_steps_of_an_entry_are_on_record_with_time_and_person(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="idea"), by="Ada")
    later = refleqt.pass_days(2)
    refleqt.calendar.move(business, entry.id, "planned", by="Bo")
    steps = refleqt.rows(business, StatusChange, order="at")
    assert [(step.left, step.reached, step.at, step.by) for step in steps] == [
        (None, "idea", NOON, "Ada"),
        ("idea", "planned", later, "Bo"),
    ]


def test_a_saved_status_is_a_step_too(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(status="planned"))
    refleqt.calendar.save(business, draft(status="published"))
    assert [(step.left, step.reached) for step in refleqt.rows(business, StatusChange)] == [
        (None, "planned"),
        ("planned", "published"),
    ]


def test_a_change_of_anything_but_the_status_is_no_step(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(status="planned"))
    refleqt.calendar.save(business, draft(status="planned", title="Eleven ways"))
    assert len(refleqt.rows(business, StatusChange)) == 1


def test_moving_to_where_it_is_does_nothing(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned"))
    assert refleqt.calendar.move(business, entry.id, "planned") == entry
    assert len(refleqt.rows(business, StatusChange)) == 1


def test_a_status_that_does_not_exist_is_refused_and_nothing_moves(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned"))
    with pytest.raises(InvalidInput, match="there is no status 'lost'"):
        refleqt.calendar.move(business, entry.id, "lost")
    assert refleqt.rows(business, CalendarEntry) == [entry]


def test_entries_are_found_by_status_and_half_open_time_in_the_order_of_publication(refleqt: Composition) -> None:
    business = refleqt.business()
    days = {"E-1": 3, "E-2": 1, "E-3": 2, "E-4": 4}
    drafts = [draft(key, publish_at=NOON + timedelta(days=n), status="planned") for key, n in days.items()]
    refleqt.calendar.import_entries(business, [*drafts, draft("E-5", publish_at=NOON + timedelta(days=2))], FILE)
    found = refleqt.calendar.find(
        business, status="planned", start=NOON + timedelta(days=1), end=NOON + timedelta(days=4)
    )
    assert [entry.external_id for entry in found] == ["E-2", "E-3", "E-1"]


def test_entries_without_a_date_come_last(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.import_entries(business, [draft("E-1", publish_at=None), draft("E-2")], FILE)
    assert [entry.external_id for entry in refleqt.calendar.find(business)] == ["E-2", "E-1"]
    assert [entry.external_id for entry in refleqt.calendar.find(business, limit=1)] == ["E-2"]


def test_another_business_never_sees_the_calendar(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    entry = refleqt.calendar.save(mine, draft(primary_keyword="food waste"))
    refleqt.work()
    assert refleqt.calendar.find(other) == []
    assert refleqt.context.search(other, "waste") == []
    with pytest.raises(NotFound):
        refleqt.calendar.move(other, entry.id, "reviewed")


def test_two_businesses_may_name_their_entries_alike(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    first = refleqt.calendar.save(mine, draft(primary_keyword="food waste", campaign="Spring"))
    second = refleqt.calendar.save(other, draft(primary_keyword="food waste", campaign="Spring"))
    assert first.id != second.id
    assert ids_of(refleqt.calendar.find(other)) == [second.id]
