"""All that is known of an entry, on one page."""

from datetime import date, timedelta

import pytest
from composition import FILE, NOON, Composition, draft, result

from refleqt_core.errors import Conflict, NotFound


def test_each_change_says_what_was_and_what_is_since(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned", publish_at=None))
    refleqt.calendar.edit(business, entry.id, {"title": "Wet gloves", "owner": "Mira"}, by="anna")
    refleqt.calendar.move(business, entry.id, "in_review", by="bo")
    last, first = refleqt.entry_pages.read(business, entry.id).changes
    assert (last.action, last.by, last.fields) == ("move", "bo", {"status": ("planned", "in_review")})
    assert first.by == "anna"
    assert first.fields == {"title": ("Ten ways to waste less", "Wet gloves"), "owner": (None, "Mira")}


def test_an_undoing_is_a_change_back(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    refleqt.calendar.edit(business, entry.id, {"title": "Wet gloves"})
    refleqt.calendar.undo(business, entry.id)
    undoing, edit = refleqt.entry_pages.read(business, entry.id).changes
    assert undoing.action == "undo"
    assert undoing.fields["title"] == edit.fields["title"][::-1]


def test_the_page_has_the_entry_its_steps_comments_and_advice(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="idea", kpi_target=None))
    refleqt.comments.add(business, entry.id, "Shorter, please.", author="anna")
    moved = refleqt.calendar.move(business, entry.id, "planned")
    page = refleqt.entry_pages.read(business, entry.id)
    assert (page.entry, page.draft) == (moved, refleqt.calendar.draft(business, entry.id))
    assert [step.reached for step in page.steps] == ["idea", "planned"]
    assert [comment.text for comment in page.comments] == ["Shorter, please."]
    assert "kpi_target" in {each.field for each in page.advice}


def test_what_is_scheduled_for_a_moment_that_has_passed_is_said(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="scheduled", publish_at=NOON + timedelta(days=1)))
    assert "publish_at" not in {each.field for each in refleqt.entry_pages.read(business, entry.id).advice}
    refleqt.pass_days(2)
    assert "publish_at" in {each.field for each in refleqt.entry_pages.read(business, entry.id).advice}


def test_results_are_those_of_the_thirty_days_from_publication(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft())
    late = result(day=date(2026, 2, 28), metric="signups")
    refleqt.performance.import_records(
        business, [result(value=70), result(value=50, day=date(2026, 1, 26)), late], FILE
    )
    assert refleqt.entry_pages.read(business, entry.id).results == {"clicks": 120.0}


def test_nothing_can_come_of_what_has_no_date(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(publish_at=None, status="idea"))
    assert refleqt.entry_pages.read(business, entry.id).results is None


def test_no_business_reads_an_entry_of_another(refleqt: Composition) -> None:
    entry = refleqt.calendar.save(refleqt.business(), draft())
    with pytest.raises(NotFound):
        refleqt.entry_pages.read(refleqt.business("other"), entry.id)


def test_the_entry_changed_last_is_the_one_of_the_last_change(refleqt: Composition) -> None:
    business = refleqt.business()
    first, second = (refleqt.calendar.save(business, draft(name)) for name in ("E-1", "E-2"))
    refleqt.pass_days(1)
    refleqt.calendar.edit(business, second.id, {"owner": "Mira"})
    refleqt.calendar.edit(business, first.id, {"owner": "Mira"})
    assert refleqt.entry_pages.last_changed(business) == first.id
    refleqt.calendar.undo(business, first.id)
    assert refleqt.entry_pages.last_changed(business) == first.id


def test_what_is_taken_back_by_other_means_is_named_instead(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(Conflict, match="nothing was done"):
        refleqt.entry_pages.last_changed(business)
    entry = refleqt.calendar.save(business, draft("E-1"))
    refleqt.calendar.edit(business, entry.id, {"owner": "Mira"})
    refleqt.calendar.save(business, draft("E-2"))
    with pytest.raises(Conflict, match="adding 'E-2'"):
        refleqt.entry_pages.last_changed(business)
    refleqt.calendar.import_entries(business, [draft("E-2", owner="Bo")], FILE)
    with pytest.raises(Conflict, match=r"import of export\.csv"):
        refleqt.entry_pages.last_changed(business)
