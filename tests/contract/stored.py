"""Things to be stored."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.performance import PerformanceRecord
from refleqt_core.ports import Store
from refleqt_core.values import BusinessId

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def new_business(store: Store) -> BusinessId:
    id = BusinessId(uuid4())
    with store.business(id) as tx:
        tx.add(Business(id=id, slug=f"b-{id}", name="Brine", created_at=NOON))
    return id


def entry(business: BusinessId, **changes: Any) -> CalendarEntry:
    given: dict[str, Any] = {
        "id": uuid4(),
        "business_id": business,
        "external_id": f"E-{uuid4()}",
        "title": "Ten ways to waste less",
        "artifact_type": "blog_copy",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return CalendarEntry(**(given | changes))


def point(business: BusinessId, day: int, value: float, **changes: Any) -> PerformanceRecord:
    given: dict[str, Any] = {"source": "ga4", "entity_id": "a-1", "metric": "clicks"}
    return PerformanceRecord(
        id=uuid4(), business_id=business, day=date(2026, 3, day), value=value, recorded_at=NOON, **(given | changes)
    )


def add(store: Store, business: BusinessId, *entities: Any) -> None:
    with store.business(business) as tx:
        tx.add(*entities)
