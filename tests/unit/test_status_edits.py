"""A status that is edited, beside other fields, is a step through the flow like any other."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from composition import NOON, Composition, draft

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import StatusChange

COMING = NOON + timedelta(days=9)


def test_what_is_published_by_an_edit_was_published_now_and_is_to_be_reviewed(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned", publish_at=COMING))
    edited = refleqt.calendar.edit(business, entry.id, {"status": "published", "owner": "Mira"})
    assert (edited.publish_at, edited.review_due, edited.owner) == (NOON, date(2026, 4, 1), "Mira")
    assert [step.reached for step in refleqt.rows(business, StatusChange)] == ["planned", "published"]


def test_a_date_that_is_given_with_the_status_holds(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned", publish_at=None))
    given: dict[str, Any] = {"publish_at": NOON - timedelta(days=3), "review_due": date(2026, 5, 1)}
    edited = refleqt.calendar.edit(business, entry.id, given | {"status": "published"})
    assert (edited.publish_at, edited.review_due) == (given["publish_at"], given["review_due"])


@pytest.mark.parametrize("given", [None, COMING])
def test_what_is_published_has_a_date_that_is_not_to_come(refleqt: Composition, given: datetime | None) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned", publish_at=COMING))
    edited = refleqt.calendar.edit(business, entry.id, {"status": "published", "publish_at": given})
    assert edited.publish_at == NOON


@pytest.mark.parametrize(
    "changes", [{"status": "scheduled", "publish_at": None}, {"status": "reviewed"}, {"status": "eaten"}]
)
def test_a_step_that_cannot_be_taken_changes_nothing(refleqt: Composition, changes: dict[str, Any]) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="planned", publish_at=COMING))
    with pytest.raises(InvalidInput) as caught:
        refleqt.calendar.edit(business, entry.id, changes | {"owner": "Mira"})
    assert [fault.field for fault in caught.value.faults] == ["status"]
    assert refleqt.calendar.draft(business, entry.id).owner is None


def test_a_status_that_stays_moves_no_date(refleqt: Composition) -> None:
    business = refleqt.business()
    entry = refleqt.calendar.save(business, draft(status="published", publish_at=COMING))
    edited = refleqt.calendar.edit(business, entry.id, {"status": "published", "owner": "Mira"})
    assert (edited.publish_at, edited.review_due) == (COMING, None)
