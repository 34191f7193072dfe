"""Puts what was accepted or bought on the calendar, so that its results find their way back to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import attrs

from ..cdt.outcomes import WINDOW
from ..intake.calendar import CalendarEntry, DistributionPlan, SeoMetadata, StatusChange
from ..intake.categorise import category_of, tags_of
from ..jobs.catalogue import GenerateEmbeddings, job
from ..ports import Ids, Queue, Transaction
from ..values import BusinessId, Money
from .artifact_formats import PAID_CHANNELS, stage_of

MEDIUM = {"email": "email", "blog": "content", "webinar": "event", "podcast": "content"}


@attrs.frozen(kw_only=True)
class PlannedArtifact:
    """An artifact that is going to be made; ``origin`` is the id of what it was recommended as."""

    origin: UUID
    title: str
    artifact_type: str
    channel: str
    segment: str
    angle: str
    publish_at: datetime
    primary_kpi: str
    kpi_target: float
    keyword: str | None = None
    production_cost: Money | None = None
    campaign: str | None = None
    paid_budget: Money | None = None
    support: Sequence[tuple[str, timedelta, str]] = ()
    """Channels that carry it on: channel, how long after publication, and as what."""


def external_id_of(origin: UUID) -> str:
    """``R-`` and the last eight digits of the id, which is how tools and people name the artifact."""
    return f"R-{origin.hex[-8:]}"


def put_on_calendar(
    tx: Transaction,
    queue: Queue,
    ids: Ids,
    now: datetime,
    business_id: BusinessId,
    artifact: PlannedArtifact,
    *,
    by: str,
) -> CalendarEntry:
    """The artifact is planned: its UTM tags name it, its review is due when its outcome is known.

    Its keyword, its channels and its first status are on record, and it is about to be read, as every entry is. Put
    there twice raises `Conflict`.
    """
    entry = _entry(ids.new(), now, business_id, artifact)
    tx.add(entry)
    tx.add(
        StatusChange(
            id=ids.new(), business_id=business_id, calendar_entry_id=entry.id, reached=entry.status, at=now, by=by
        )
    )
    if artifact.keyword:
        row = SeoMetadata(
            id=ids.new(), business_id=business_id, calendar_entry_id=entry.id, primary_keyword=artifact.keyword
        )
        tx.add(row)
    steps = [(artifact.channel, timedelta(0), artifact.artifact_type, artifact.paid_budget)]
    steps += [(channel, after, form, None) for channel, after, form in artifact.support]
    tx.add(
        *(
            DistributionPlan(
                id=ids.new(),
                business_id=business_id,
                calendar_entry_id=entry.id,
                channel=channel,
                parameters={"as": form},
                posting_schedule=((artifact.publish_at + after).isoformat(),),
                paid_budget=budget,
            )
            for channel, after, form, budget in steps
        )
    )
    queue.enqueue(job(GenerateEmbeddings(source_type="calendar", source_id=entry.id), business_id), tx=tx)
    return entry


def _entry(id: UUID, now: datetime, business_id: BusinessId, artifact: PlannedArtifact) -> CalendarEntry:
    external_id = external_id_of(artifact.origin)
    stage = stage_of(artifact.artifact_type, artifact.angle)
    return CalendarEntry(
        id=id,
        business_id=business_id,
        external_id=external_id,
        title=artifact.title,
        artifact_type=artifact.artifact_type,
        status="planned",
        publish_at=artifact.publish_at,
        funnel_stage=stage,
        icp_segment=artifact.segment,
        angle=artifact.angle,
        channel=artifact.channel,
        production_cost=artifact.production_cost,
        primary_kpi=artifact.primary_kpi,
        kpi_target=artifact.kpi_target,
        utm_source=artifact.channel,
        utm_medium="cpc" if artifact.channel in PAID_CHANNELS else MEDIUM.get(artifact.channel, "social"),
        utm_campaign=artifact.campaign or "refleqt",
        utm_content=external_id.lower(),
        review_due=(artifact.publish_at + WINDOW).date(),
        category=category_of(artifact.artifact_type),
        tags=tags_of(artifact.title, stage, artifact.angle),
        keyword_cluster=artifact.keyword.strip().lower() if artifact.keyword else None,
        created_at=now,
        updated_at=now,
    )
