"""Which recommendation an activity follows."""

from datetime import datetime, timedelta

import attrs

from ..errors import InvalidInput
from ..outputs.records import RecommendationOutcome
from ..ports import Transaction, where
from .activities import Activity

ACTIVITY = "activity"
"""The type of recommendations of an activity."""

OPEN_FOR = timedelta(days=30)
"""How long a recommendation waits for an activity of its type."""

SAME_DAY = timedelta(days=1)
"""An activity whose day alone is known may have begun, by the clock, before it was recommended."""


def follow(tx: Transaction, activity: Activity, now: datetime) -> Activity:
    """The recommendation that the activity follows is answered, and the activity names it; gives the activity.

    That is the one that it names already, else the newest open one of its type that was made in the 30 days before it
    was held. It is accepted, or modified where it was for another type. One that it names and that is unknown raises
    `NotFound`, one that is of no activity `InvalidInput`.
    """
    asked = _named(tx, activity) if activity.recommendation_id else _open(tx, activity)
    if asked is None:
        return activity
    if asked.user_action not in ("accepted", "modified"):
        same = asked.recommendation_content.get("activity_type") == activity.activity_type
        tx.save(attrs.evolve(asked, user_action="accepted" if same else "modified", action_timestamp=now))
    if activity.recommendation_id == asked.id:
        return activity
    return tx.save(attrs.evolve(activity, recommendation_id=asked.id))


def _named(tx: Transaction, activity: Activity) -> RecommendationOutcome:
    assert activity.recommendation_id is not None
    found = tx.get(RecommendationOutcome, activity.recommendation_id)
    if found.recommendation_type != ACTIVITY:
        raise InvalidInput(f"{found.id} recommends no activity; see: refleqt activities lineage")
    return found


def _open(tx: Transaction, activity: Activity) -> RecommendationOutcome | None:
    asked = where(
        recommendation_type=ACTIVITY,
        user_action=None,
        recommended_at__ge=activity.held_at - OPEN_FOR,
        recommended_at__le=activity.held_at + SAME_DAY,
    )
    found = tx.find(RecommendationOutcome, *asked, order="-recommended_at")
    same = (each for each in found if each.recommendation_content.get("activity_type") == activity.activity_type)
    return next(same, None)
