"""Execution maps: complete marketing initiatives, proposed and bought."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import attrs

from refleqt_core.errors import NeedsReview, NotFound
from refleqt_core.outputs.records import ExecutionMap, MapArtifact

from .auth import BUYERS, Caller
from .bodies import Identity, MoneyOut, Output, Page, PageOf, PageQuery, page
from .endpoints import Resource

resource = Resource("maps", "Complete initiatives: why now, what they consist of, when, for how much, for what result.")


class MapOut(Output):
    """An execution map."""

    id: UUID
    title: str
    rationale: str
    why_now: str
    segment: str
    goal: str
    starts_on: date
    ends_on: date
    estimated_cost: MoneyOut
    predicted: dict[str, Any]
    evidence: list[str]
    status: str
    model_version: str
    created_at: datetime


class ArtifactOut(Output):
    """One artifact of a map: what it is, what its making costs, and what should come of it."""

    id: UUID
    position: int
    title: str
    artifact_type: str
    channel: str
    segment: str
    angle: str
    publish_at: datetime
    outline: list[str]
    keyword: str | None
    distribution: dict[str, Any]
    base_fee: MoneyOut
    bonus_reserve: MoneyOut
    platform_fee: MoneyOut
    primary_kpi: str
    kpi_target: float
    success_chance: float
    calendar_entry_id: UUID | None


class WholeMapOut(Output):
    """A map with its artifacts, in their order."""

    map: MapOut
    artifacts: list[ArtifactOut]


class MapPage(PageOf[MapOut]):
    """A part of the maps."""


@attrs.frozen(kw_only=True)
class WholeMap:
    """A map with its artifacts."""

    map: ExecutionMap
    artifacts: list[MapArtifact]


def whole(caller: Caller, found: ExecutionMap) -> WholeMap:
    """The map with its artifacts."""
    return WholeMap(map=found, artifacts=list(caller.refleqt.maps().artifacts(caller.business_id, found.id)))


@resource.get("/v1/maps", gives=MapPage, raises=[NotFound])
def list_maps(caller: Caller, query: PageQuery) -> Page[ExecutionMap]:
    """A part of the maps, the newest first."""
    return page(caller.refleqt.store(), caller.business_id, ExecutionMap, order="-created_at", query=query)


@resource.post("/v1/maps", gives=WholeMapOut, raises=[NotFound, NeedsReview])
def propose_map(caller: Caller) -> WholeMap:
    """Proposes an initiative from what is believed, with its cost and the results to be expected."""
    return whole(caller, caller.refleqt.maps().propose(caller.business_id))


@resource.get("/v1/maps/{map_id}", gives=WholeMapOut, raises=[NotFound])
def read_map(caller: Caller, map_id: Identity) -> WholeMap:
    """One map with its artifacts."""
    with caller.refleqt.store().business(caller.business_id) as tx:
        found = tx.get(ExecutionMap, map_id)
    return whole(caller, found)


@resource.post("/v1/maps/{map_id}/purchase", gives=WholeMapOut, raises=[NotFound], roles=BUYERS)
def purchase_map(caller: Caller, map_id: Identity) -> WholeMap:
    """The map is bought: each artifact is planned on the calendar, and its forecast is in the ledger."""
    return whole(caller, caller.refleqt.maps().purchase(caller.business_id, map_id))
