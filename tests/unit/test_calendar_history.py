"""The way back: edits, moves and imports are on record, and are taken back one by one or all at once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import attrs
import pytest
from composition import FILE, NOON, Composition, draft, result
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.calendar import (
    CalendarEntry,
    Campaign,
    DistributionPlan,
    EntryRevision,
    Keyword,
    SeoMetadata,
    StatusChange,
)
from refleqt_core.intake.calendar_comments import CommentService
from refleqt_core.intake.drafts import EntryDraft, ImportedFile, PlanDraft, VentDraft
from refleqt_core.intake.imports import ImportBatch
from refleqt_core.jobs.catalogue import CategorizeEntry, GenerateEmbeddings, payload_of
from refleqt_core.values import BusinessId, Money

OTHER_FILE = ImportedFile(name="later.csv", blob="1" * 64)
FULL: dict[str, Any] = {
    "owner": "Mira",
    "team": ("Bo", "Ada"),
    "tags": ("spring",),
    "notes": "Chefs first.",
    "publish_at": NOON + timedelta(days=3),
    "campaign": "Spring",
    "channels": ("email", "blog"),
    "paid_budget": Money(minor=500),
    "utm_term": "waste",
    "lifetime_value_tag": "gold",
    "primary_keyword": "food waste",
    "serp_features": ("people_also_ask",),
    "core_web_vitals": {"lcp": 2.5},
    "crawl_directives": ("noindex",),
    "featured_snippet": True,
}


def comments(refleqt: Composition) -> CommentService:
    return CommentService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids)


def said(refleqt: Composition, business: BusinessId) -> dict[str, EntryDraft]:
    return {each.external_id: each for each in refleqt.calendar.drafts(business)}


def test_what_was_saved_is_read_back_as_a_draft_that_says_the_same(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(**FULL))
    [read] = refleqt.calendar.drafts(business)
    assert {name: getattr(read, name) for name in FULL if name not in ("channels", "paid_budget")} == {
        name: value for name, value in FULL.items() if name not in ("channels", "paid_budget")
    }
    assert {plan.channel: plan.paid_budget for plan in read.plans} == {
        "linkedin": Money(minor=500),
        "email": None,
        "blog": None,
    }
    before = refleqt.rows(business, CalendarEntry)
    refleqt.calendar.save(business, read)
    assert refleqt.rows(business, CalendarEntry) == before


def test_an_edit_changes_what_it_names_and_nothing_else(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(**FULL))
    before = said(refleqt, business)["E-1"]
    refleqt.calendar.edit(business, entry.id, {"title": "Another", "meta_title": "Meta"}, by="Bo")
    after = said(refleqt, business)["E-1"]
    assert (after.title, after.meta_title) == ("Another", "Meta")
    assert {name for name in EntryDraft.__slots__ if getattr(before, name) != getattr(after, name)} == {
        "title",
        "meta_title",
    }


def test_an_edit_can_take_a_value_away(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(**FULL))
    edited = refleqt.calendar.edit(business, entry.id, {"owner": None, "plans": (), "primary_keyword": None})
    assert (edited.owner, edited.keyword_cluster) == (None, None)
    assert refleqt.rows(business, DistributionPlan) == []


@pytest.mark.parametrize("field", ["external_id", "created_at", "mood"])
def test_an_edit_of_what_cannot_be_changed_is_refused(refleqt: Composition, field: str) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    with pytest.raises(InvalidInput) as caught:
        refleqt.calendar.edit(business, entry.id, {field: "x"})
    assert [fault.field for fault in caught.value.faults] == [field]


def test_an_edit_of_a_version_that_is_no_longer_the_latest_loses(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    first = refleqt.calendar.edit(business, entry.id, {"title": "First"}, version=entry.version)
    latest = refleqt.calendar.edit(business, entry.id, {"owner": "Bo"}, version=first.version)
    assert (latest.title, latest.owner) == ("First", "Bo")
    with pytest.raises(Conflict, match="changed by somebody else"):
        refleqt.calendar.edit(business, entry.id, {"title": "Second"}, version=entry.version)


def test_the_details_of_a_plan_survive_a_draft_that_only_names_channels(refleqt: Composition) -> None:
    business = refleqt.business()
    plan = PlanDraft(channel="linkedin", parameters={"hook": "Your bin is full"}, posting_schedule=("Tue 09:00",))
    refleqt.calendar.save(business, draft(plans=(plan,)))
    refleqt.calendar.save(business, draft(channels=("linkedin", "email")))
    kept = {row.channel: row.parameters for row in refleqt.rows(business, DistributionPlan)}
    assert kept == {"linkedin": {"hook": "Your bin is full"}, "email": {}}


def test_undoing_goes_back_change_by_change_and_redoing_forward(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(title="One"))
    for title in ("Two", "Three"):
        refleqt.calendar.edit(business, entry.id, {"title": title})
    titles = [refleqt.calendar.undo(business, entry.id).title for _ in range(2)]
    titles.append(refleqt.calendar.redo(business, entry.id).title)
    titles.append(refleqt.calendar.undo(business, entry.id).title)
    assert titles == ["Two", "One", "Two", "One"]


def test_several_undoings_are_redone_one_after_the_other(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(title="One"))
    for title in ("Two", "Three"):
        refleqt.calendar.edit(business, entry.id, {"title": title})
    for _ in range(2):
        refleqt.calendar.undo(business, entry.id)
    assert [refleqt.calendar.redo(business, entry.id).title for _ in range(2)] == ["Two", "Three"]
    with pytest.raises(Conflict, match="nothing to redo"):
        refleqt.calendar.redo(business, entry.id)


def test_what_a_model_found_is_no_change_that_an_edit_could_lose_to(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(title="Brine"))
    refleqt.work()
    assert refleqt.rows(business, CalendarEntry)[0].version > entry.version
    assert refleqt.calendar.edit(business, entry.id, {"title": "Salt"}, version=entry.version).title == "Salt"
    with pytest.raises(Conflict):
        refleqt.calendar.edit(business, entry.id, {"title": "Sugar"}, version=entry.version)


def test_there_is_nothing_to_undo_of_what_was_never_changed(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    with pytest.raises(Conflict, match="nothing to undo of 'E-1'"):
        refleqt.calendar.undo(business, entry.id)
    with pytest.raises(Conflict, match="nothing to redo of 'E-1'"):
        refleqt.calendar.redo(business, entry.id)


def test_a_change_after_an_undoing_is_what_is_undone_next(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(title="One"))
    refleqt.calendar.edit(business, entry.id, {"title": "Two"})
    refleqt.calendar.undo(business, entry.id)
    refleqt.calendar.edit(business, entry.id, {"title": "Three"})
    assert refleqt.calendar.undo(business, entry.id).title == "One"
    with pytest.raises(Conflict, match="nothing to undo"):
        refleqt.calendar.undo(business, entry.id)


EDITS = st.lists(
    st.sampled_from(
        [
            {"title": "Two"},
            {"title": "Three", "owner": None},
            {"plans": (PlanDraft(channel="email", paid_budget=Money(minor=9)),), "channel": "email"},
            {"primary_keyword": "kitchen waste", "meta_title": "M"},
            {"primary_keyword": None},
            {"channels": ("podcast", "blog")},
            {"channel": "webinar"},
            {"paid_budget": Money(minor=77)},
            {"campaign": "Autumn"},
            {"status": "planned"},
        ]
    ),
    max_size=5,
)


@given(EDITS)
@settings(max_examples=40)
def test_undoing_all_edits_leaves_the_entry_as_it_was(edits: list[dict[str, Any]]) -> None:
    refleqt = Composition()
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(**FULL))
    before = said(refleqt, business)["E-1"]
    for changes in edits:
        refleqt.calendar.edit(business, entry.id, changes)
    for _ in refleqt.rows(business, EntryRevision):
        refleqt.calendar.undo(business, entry.id)
    assert said(refleqt, business)["E-1"] == before


def test_a_move_is_undone_with_its_step_on_record(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned"))
    refleqt.calendar.move(business, entry.id, "in_review", by="Bo")
    assert refleqt.calendar.undo(business, entry.id, by="Ada").status == "planned"
    steps = [(step.left, step.reached, step.by) for step in refleqt.calendar.steps(business, entry.id)]
    assert steps == [(None, "planned", None), ("planned", "in_review", "Bo"), ("in_review", "planned", "Ada")]


def test_what_is_published_gets_its_date_and_the_day_of_its_review(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(publish_at=NOON + timedelta(days=9), status="planned"))
    out = refleqt.calendar.move(business, entry.id, "published")
    assert (out.publish_at, out.review_due) == (NOON, (NOON + timedelta(days=30)).date())


@pytest.mark.parametrize(("status", "problem"), [("scheduled", "no date"), ("reviewed", "only what was published")])
def test_a_status_that_the_entry_is_not_ready_for_is_refused(refleqt: Composition, status: str, problem: str) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(publish_at=None, status="planned"))
    with pytest.raises(InvalidInput, match=problem):
        refleqt.calendar.move(business, entry.id, status)


def test_an_import_is_undone_whole(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft(**FULL))
    before = said(refleqt, business)
    batch = refleqt.calendar.import_entries(business, [draft(title="Changed"), draft("E-2"), draft("E-3")], FILE)
    undone = refleqt.calendar.undo_import(business, batch.id)
    assert (undone.removed, undone.restored, undone.kept) == (2, 1, 0)
    assert said(refleqt, business) == before
    assert refleqt.rows(business, ImportBatch)[0].undone_at == NOON
    assert len(refleqt.rows(business, SeoMetadata)) == 1


def test_an_import_does_not_take_back_a_review(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="published"))
    refleqt.calendar.move(business, entry.id, "reviewed")
    batch = refleqt.calendar.import_entries(business, [draft(status="published")], FILE)
    assert (batch.unchanged, said(refleqt, business)["E-1"].status) == (1, "reviewed")


def test_an_import_that_was_undone_can_be_imported_again(refleqt: Composition) -> None:
    business = refleqt.business()
    drafts = [draft(), draft("E-2", channels=("email", "blog"))]
    refleqt.calendar.undo_import(business, refleqt.calendar.import_entries(business, drafts, FILE).id)
    again = refleqt.calendar.import_entries(business, drafts, FILE)
    assert (again.new, again.changed) == (2, 0)


def test_undoing_an_import_twice_is_undoing_it_once(refleqt: Composition) -> None:
    business = refleqt.business()
    batch = refleqt.calendar.import_entries(business, [draft()], FILE)
    refleqt.calendar.undo_import(business, batch.id)
    refleqt.calendar.save(business, draft())
    assert refleqt.calendar.undo_import(business, batch.id).removed == 0
    assert list(said(refleqt, business)) == ["E-1"]


def edited(refleqt: Composition, business: BusinessId, entry: CalendarEntry) -> None:
    refleqt.calendar.edit(business, entry.id, {"title": "By hand"})


def remarked(refleqt: Composition, business: BusinessId, entry: CalendarEntry) -> None:
    comments(refleqt).add(business, entry.id, "Shorter, please.", author="Bo")


def imported_over(refleqt: Composition, business: BusinessId, entry: CalendarEntry) -> None:
    refleqt.calendar.import_entries(business, [draft(entry.external_id, title="Later")], OTHER_FILE)


@pytest.mark.parametrize("touch", [edited, remarked, imported_over])
def test_what_was_touched_since_an_import_is_not_undone_without_a_word(refleqt: Composition, touch: Any) -> None:
    business = refleqt.business()
    batch = refleqt.calendar.import_entries(business, [draft(), draft("E-2")], FILE)
    refleqt.pass_days(1)
    touch(refleqt, business, refleqt.rows(business, CalendarEntry)[0])
    with pytest.raises(Conflict, match="1 of its entries were changed since, or are in use: E-1"):
        refleqt.calendar.undo_import(business, batch.id)
    assert set(said(refleqt, business)) == {"E-1", "E-2"}
    undone = refleqt.calendar.undo_import(business, batch.id, keep_changed=True)
    assert (undone.removed, undone.kept) == (1, 1)
    assert set(said(refleqt, business)) == {"E-1"}


def test_what_results_refer_to_is_named_and_kept_when_its_import_is_undone(refleqt: Composition) -> None:
    business = refleqt.business()
    batch = refleqt.calendar.import_entries(business, [draft(), draft("E-2")], FILE)
    refleqt.performance.import_records(business, [result("E-1")], OTHER_FILE)
    refleqt.performance.map(business)
    with pytest.raises(Conflict, match="in use: E-1"):
        refleqt.calendar.undo_import(business, batch.id)
    undone = refleqt.calendar.undo_import(business, batch.id, keep_changed=True)
    assert (undone.removed, undone.kept, list(said(refleqt, business))) == (1, 1, ["E-1"])


def test_campaigns_and_keywords_that_an_import_brought_go_with_it(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.calendar.save(business, draft("OWN", campaign="Winter", primary_keyword="salt"))
    brought = [
        draft("E-1", campaign="Spring", primary_keyword="brine"),
        draft("E-2", campaign="Summer", primary_keyword="brine tank"),
        draft("E-3", campaign="Winter", primary_keyword="salt"),
    ]
    batch = refleqt.calendar.import_entries(business, brought, FILE)
    refleqt.calendar.save(business, draft("LATER", campaign="Summer"))
    refleqt.calendar.undo_import(business, batch.id)
    assert {row.name for row in refleqt.rows(business, Campaign)} == {"Winter", "Summer"}
    assert {row.term for row in refleqt.rows(business, Keyword)} == {"salt"}


@pytest.mark.parametrize("redone", [False, True])
def test_what_was_undone_by_hand_does_not_stop_the_undoing_of_its_import(refleqt: Composition, redone: bool) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(title="Before"))
    batch = refleqt.calendar.import_entries(business, [draft(title="After"), draft("E-2")], FILE)
    refleqt.calendar.undo(business, entry.id)
    if redone:
        refleqt.calendar.redo(business, entry.id)
    undone = refleqt.calendar.undo_import(business, batch.id)
    assert (undone.removed, undone.restored) == (1, int(redone))
    assert {name: each.title for name, each in said(refleqt, business).items()} == {"E-1": "Before"}


def test_the_import_of_something_else_is_no_import_of_the_calendar(refleqt: Composition) -> None:
    business = refleqt.business()
    vents = refleqt.vents.import_vents(business, [VentDraft(external_id="V", text="Hm.", written_at=NOON)], FILE)
    with pytest.raises(NotFound, match="it brought vents"):
        refleqt.calendar.undo_import(business, vents.id)


def test_two_imports_are_undone_one_after_the_other(refleqt: Composition) -> None:
    business = refleqt.business()
    first = refleqt.calendar.import_entries(business, [draft()], FILE)
    refleqt.pass_days(1)
    second = refleqt.calendar.import_entries(business, [draft(title="Later")], OTHER_FILE)
    refleqt.calendar.undo_import(business, second.id)
    refleqt.calendar.undo_import(business, first.id)
    assert refleqt.rows(business, CalendarEntry) == []


def test_a_large_import_is_indexed_by_one_job(refleqt: Composition) -> None:
    business = refleqt.business()
    batch = refleqt.calendar.import_entries(business, [draft(f"E-{number}") for number in range(60)], FILE)
    asked = [payload_of(record.job) for record in refleqt.queue.jobs() if record.job.kind == "generate_embeddings"]
    assert asked == [GenerateEmbeddings(source_type="calendar_import", source_id=batch.id)]


def test_a_model_is_asked_once_about_what_the_rules_are_unsure_of(refleqt: Composition) -> None:
    business = refleqt.business()
    unsure, sure = draft(title="Brine"), draft("E-2", title="Camera or scale: a comparison")
    refleqt.calendar.import_entries(business, [unsure, sure], FILE)
    entry = {each.external_id: each for each in refleqt.rows(business, CalendarEntry)}["E-1"]
    asked = [payload_of(record.job) for record in refleqt.queue.jobs() if record.job.kind == "categorize_entry"]
    assert asked == [CategorizeEntry(calendar_entry_id=entry.id)]


def test_a_model_is_asked_about_a_large_import_by_one_job(refleqt: Composition) -> None:
    business = refleqt.business()
    batch = refleqt.calendar.import_entries(business, [draft(f"E-{n}", title="Brine") for n in range(60)], FILE)
    asked = [payload_of(record.job) for record in refleqt.queue.jobs() if record.job.kind == "categorize_entry"]
    assert asked == [CategorizeEntry(calendar_entry_id=batch.id)]


def test_what_a_model_found_stays_until_it_would_be_asked_something_else(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(title="Brine"))
    with refleqt.store.business(business) as tx:
        tx.save(attrs.evolve(entry, category="proof", tags=("data",), categorised_by="a-model"))
    kept = refleqt.calendar.edit(business, entry.id, {"owner": "Bo", "tags": ("mine",)})
    assert (kept.category, kept.categorised_by, set(kept.tags) >= {"data", "mine"}) == ("proof", "a-model", True)
    anew = refleqt.calendar.edit(business, entry.id, {"title": "Salt"})
    assert (anew.categorised_by, "data" in anew.tags, "mine" in anew.tags) == ("rules", False, True)


def test_a_removed_entry_is_gone_with_its_details_and_its_vectors(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(**FULL))
    remarked(refleqt, business, entry)
    refleqt.work()
    assert refleqt.context.search(business, "Chefs first")
    refleqt.calendar.remove(business, entry.id)
    refleqt.work()
    assert [refleqt.rows(business, kind) for kind in (CalendarEntry, SeoMetadata, StatusChange)] == [[], [], []]
    assert not refleqt.context.search(business, "Chefs first")


@pytest.mark.parametrize("what", ["undo", "redo", "remove", "history", "steps", "draft"])
def test_the_entries_of_another_business_are_absent(refleqt: Composition, what: str) -> None:
    entry = refleqt.calendar.save(refleqt.business(), draft())
    other = refleqt.business("other")
    with pytest.raises(NotFound):
        getattr(refleqt.calendar, what)(other, entry.id)


def test_an_import_of_another_business_is_absent(refleqt: Composition) -> None:
    batch = refleqt.calendar.import_entries(refleqt.business(), [draft()], FILE)
    other = refleqt.business("other")
    with pytest.raises(NotFound):
        refleqt.calendar.undo_import(other, batch.id)
    with pytest.raises(NotFound):
        refleqt.calendar.undo_import(other, uuid4())


def test_a_comment_can_be_edited_and_removed(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    first = comments(refleqt).add(business, entry.id, "Shorter.", author="Bo")
    second = comments(refleqt).add(business, entry.id, "And louder.", author="Ada")
    refleqt.pass_days(1)
    changed = comments(refleqt).edit(business, first.id, "Shorter, please.")
    comments(refleqt).remove(business, second.id)
    assert comments(refleqt).on(business, entry.id) == [changed]
    assert (changed.text, changed.edited_at) == ("Shorter, please.", NOON + timedelta(days=1))


@pytest.mark.parametrize(("text", "author"), [("  ", "Bo"), ("Well.", " ")])
def test_a_comment_says_something_and_is_somebody_s(refleqt: Composition, text: str, author: str) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    with pytest.raises(InvalidInput, match="blank"):
        comments(refleqt).add(business, entry.id, text, author=author)


def test_every_entry_of_a_large_import_is_found_and_after_its_undoing_none(refleqt: Composition) -> None:
    business = refleqt.business()
    drafts = [draft(f"E-{number}", title=f"Recipe number {number}") for number in range(60)]
    batch = refleqt.calendar.import_entries(business, drafts, FILE)
    refleqt.work()
    found = {hit.source_id for hit in refleqt.context.search(business, "recipe", limit=100)}
    assert len(found) == 60
    refleqt.calendar.undo_import(business, batch.id)
    refleqt.work()
    assert refleqt.context.search(business, "recipe", limit=100) == []
