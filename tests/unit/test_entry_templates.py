"""Templates and series: entries that begin with what others had, and come back by a rule."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from composition import NOON, Composition, draft

from refleqt_adapters.connectors.recurrence import occurrences
from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.calendar_comments import CommentService
from refleqt_core.intake.entry_templates import SeriesService, TemplateService
from refleqt_core.values import BusinessId

NEWSLETTER = {
    "title": "Newsletter, week {week}",
    "artifact_type": "newsletter",
    "channel": "email",
    "status": "planned",
}


def templates(refleqt: Composition) -> TemplateService:
    return TemplateService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids)


def series(refleqt: Composition) -> SeriesService:
    return SeriesService(
        store=refleqt.store, queue=refleqt.queue, clock=refleqt.clock, ids=refleqt.ids, occurrences=occurrences
    )


def begun(refleqt: Composition, business: BusinessId, **changes: Any) -> None:
    first = draft(**({"publish_at": NOON + timedelta(days=1)} | NEWSLETTER | changes))
    series(refleqt).start(business, "Newsletter", first, "FREQ=WEEKLY;BYDAY=TU", time_zone="Europe/Amsterdam")


def made(refleqt: Composition, business: BusinessId) -> list[CalendarEntry]:
    return refleqt.rows(business, CalendarEntry, order="publish_at")


def test_an_entry_of_a_template_has_its_fields_and_those_that_were_given(refleqt: Composition) -> None:
    business = refleqt.business()
    templates(refleqt).save(business, "newsletter", NEWSLETTER | {"tags": ["mail"]})
    found = templates(refleqt).draft(business, "newsletter", {"external_id": "N-1", "title": "March"})
    entry = refleqt.calendar.save(business, found)
    assert (entry.title, entry.artifact_type, entry.channel, entry.own_tags) == (
        "March",
        "newsletter",
        "email",
        ("mail",),
    )


def test_a_template_keeps_nothing_that_belongs_to_one_entry(refleqt: Composition) -> None:
    business = refleqt.business()
    kept = templates(refleqt).save(business, "n", NEWSLETTER | {"external_id": "N-1", "publish_at": NOON.isoformat()})
    assert set(kept.fields) == {"title", "artifact_type", "channel", "status"}


@pytest.mark.parametrize(
    "fields",
    [
        {"colour": "red"},
        {"kpi_target": "many"},
        {"plans": [{"chanel": "email"}]},
        {"channel": "fax"},
        {"url_slug": "A b"},
    ],
)
def test_a_template_of_what_no_entry_has_is_refused(refleqt: Composition, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        templates(refleqt).save(refleqt.business(), "n", fields)


def test_what_a_template_does_not_give_has_to_be_given(refleqt: Composition) -> None:
    business = refleqt.business()
    templates(refleqt).save(business, "n", {"channel": "email"})
    with pytest.raises(InvalidInput) as caught:
        templates(refleqt).draft(business, "n", {})
    assert [fault.field for fault in caught.value.faults] == ["external_id", "title", "artifact_type"]


def test_a_removed_template_is_gone(refleqt: Composition) -> None:
    business = refleqt.business()
    templates(refleqt).save(business, "n", NEWSLETTER)
    templates(refleqt).remove(business, "n")
    assert templates(refleqt).list(business) == []
    with pytest.raises(NotFound, match="no template 'n'"):
        templates(refleqt).remove(business, "n")


def test_a_series_makes_its_entries_for_the_next_sixty_days(refleqt: Composition) -> None:
    business = refleqt.business()
    begun(refleqt, business)
    entries = made(refleqt, business)
    assert [entry.publish_at for entry in entries][:2] == [NOON + timedelta(days=1), NOON + timedelta(days=8)]
    assert entries[0].title == "Newsletter, week 10"
    assert re.fullmatch(r"newsletter-[0-9a-f]{6}-2026-03-03", entries[0].external_id)
    assert all(entry.publish_at <= NOON + timedelta(days=61) for entry in entries if entry.publish_at)


def test_a_series_keeps_its_local_hour_when_the_clocks_change(refleqt: Composition) -> None:
    business = refleqt.business()
    begun(refleqt, business)
    after = [
        entry.publish_at for entry in made(refleqt, business) if entry.publish_at > datetime(2026, 3, 30, tzinfo=UTC)
    ]
    assert {moment.hour for moment in after if moment} == {11}


def test_time_makes_more_of_a_series_and_no_entry_twice(refleqt: Composition) -> None:
    business = refleqt.business()
    begun(refleqt, business)
    before = len(made(refleqt, business))
    assert series(refleqt).extend(business) == 0
    refleqt.pass_days(14)
    assert series(refleqt).extend(business) == 2
    entries = made(refleqt, business)
    assert len({entry.external_id for entry in entries}) == len(entries) == before + 2


def test_an_occurrence_that_was_removed_or_edited_is_left_alone(refleqt: Composition) -> None:
    business = refleqt.business()
    begun(refleqt, business)
    first, second, *_ = made(refleqt, business)
    refleqt.calendar.remove(business, first.id)
    refleqt.calendar.edit(business, second.id, {"title": "Special"})
    refleqt.pass_days(7)
    series(refleqt).extend(business)
    assert made(refleqt, business)[0].title == "Special"


def test_stopping_a_series_takes_what_is_coming_and_nobody_has_touched(refleqt: Composition) -> None:
    business = refleqt.business()
    begun(refleqt, business)
    first, second, *rest = made(refleqt, business)
    refleqt.calendar.edit(business, second.id, {"title": "Special"})
    refleqt.pass_days(2)
    assert series(refleqt).stop(business, "Newsletter") == len(rest)
    assert [entry.id for entry in made(refleqt, business)] == [first.id, second.id]
    refleqt.pass_days(30)
    assert series(refleqt).extend(business) == 0


def test_series_whose_names_have_the_same_letters_do_not_meet(refleqt: Composition) -> None:
    business = refleqt.business()
    first = draft(**({"publish_at": NOON + timedelta(days=1)} | NEWSLETTER))
    for name in ("Каждую неделю", "每周", "News!", "News?"):
        series(refleqt).start(business, name, first, "FREQ=WEEKLY;COUNT=2", time_zone="UTC")
    assert len(made(refleqt, business)) == 8


def test_stopping_a_series_leaves_what_people_have_remarked_on(refleqt: Composition) -> None:
    business = refleqt.business()
    begun(refleqt, business)
    entries = made(refleqt, business)
    CommentService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids).add(
        business, entries[3].id, "Book the chef.", author="Bo"
    )
    assert series(refleqt).stop(business, "Newsletter") == len(entries) - 1
    assert [entry.id for entry in made(refleqt, business)] == [entries[3].id]


def test_two_series_cannot_have_one_name(refleqt: Composition) -> None:
    business = refleqt.business()
    begun(refleqt, business)
    with pytest.raises(Conflict, match="series 'Newsletter' already"):
        begun(refleqt, business)


@pytest.mark.parametrize("changes", [{"publish_at": None}, {"title": ""}])
def test_a_series_without_a_beginning_or_a_title_is_refused_whole(
    refleqt: Composition, changes: dict[str, Any]
) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput):
        begun(refleqt, business, **changes)
    assert (series(refleqt).list(business), made(refleqt, business)) == ([], [])
