"""What the CDT keeps: beliefs, the evidence under them, forecasts and how they came out, model versions and runs."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import attrs

from ..entities import Entity, Owned
from ..values import aware, not_negative, one_of, share

BELIEF_CATEGORIES = ("audience", "messaging", "channel", "timing", "competitive")
BELIEF_STATUSES = ("active", "weakening", "exploring_alternative", "deprecated")


@attrs.frozen(kw_only=True)
class Belief(Owned):
    """A claim about a cell (category, segment, option, metric), with the text that was written from it.

    ``confidence`` is P(rate > the business's own baseline for the metric). ``mean`` and the 80 % interval ``low`` …
    ``high`` are of the success rate; Beta(``alpha``, ``beta``) has the same first two moments as the model's estimate.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "belief_category", "segment", "option", "metric"),)

    cdt_version: int = 0
    belief_category: str = attrs.field(validator=one_of(*BELIEF_CATEGORIES))
    segment: str
    option: str
    metric: str
    belief_text: str
    confidence: float = attrs.field(validator=share)
    evidence_count: int = attrs.field(default=0, validator=not_negative)
    evidence_for: float = attrs.field(default=0.0, validator=not_negative)
    evidence_against: float = attrs.field(default=0.0, validator=not_negative)
    mean: float = attrs.field(validator=share)
    low: float = attrs.field(validator=share)
    high: float = attrs.field(validator=share)
    alpha: float
    beta: float
    baseline: float = attrs.field(validator=share)
    weak_months: int = attrs.field(default=0, validator=not_negative)
    strong_months: int = attrs.field(default=0, validator=not_negative)
    reinforcement: float | None = attrs.field(default=None, validator=share)
    first_observed: datetime = attrs.field(validator=aware)
    last_reinforced: datetime | None = attrs.field(default=None, validator=aware)
    status: str = attrs.field(default="active", validator=one_of(*BELIEF_STATUSES))


@attrs.frozen(kw_only=True)
class BeliefEvidence(Owned):
    """One observed outcome for one cell. A source counts once per cell, however often it is reported."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("business_id", "belief_category", "segment", "option", "metric", "source_type", "source_id"),
    )

    belief_category: str = attrs.field(validator=one_of(*BELIEF_CATEGORIES))
    segment: str
    option: str
    metric: str
    outcome: float = attrs.field(validator=share)
    weight: float = attrs.field(default=1.0, validator=not_negative)
    source_type: str
    source_id: UUID
    observed_at: datetime = attrs.field(validator=aware)
    recorded_at: datetime = attrs.field(validator=aware)


@attrs.frozen(kw_only=True)
class Forecast(Owned):
    """A prediction in the ledger, to be scored when it is due.

    ``probability`` is that of success (the metric reaching ``target``); ``low`` … ``high`` is the 80 % interval of the
    metric itself.
    """

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "subject_type", "subject_id", "metric"),)

    subject_type: str
    subject_id: UUID
    metric: str
    target: float
    probability: float = attrs.field(validator=share)
    expected: float
    low: float
    high: float
    model_version: str
    made_at: datetime = attrs.field(validator=aware)
    due_at: datetime = attrs.field(validator=aware)
    actual: float | None = None
    success: bool | None = None
    brier: float | None = None
    covered: bool | None = None
    scored_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class CdtVersion(Owned):
    """A model version of a business. ``artefact`` is the LoRA's content hash; it is archived, never deleted."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "number"),)

    number: int
    base_model: str
    base_hash: str
    artefact: str
    status: str = attrs.field(validator=one_of("candidate", "deployed", "archived", "refused"))
    metrics: Mapping[str, float] = attrs.field(factory=dict)
    created_at: datetime = attrs.field(validator=aware)
    deployed_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class CdtTrainingRun(Owned):
    """A training job: its spec's hash, its dataset's manifest, and how it ended."""

    references: ClassVar[Mapping[str, type[Entity]]] = {"cdt_version_id": CdtVersion}
    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "spec_hash"),)

    spec_hash: str
    run_id: str
    dataset: str
    manifest: Mapping[str, object] = attrs.field(factory=dict)
    status: str = attrs.field(validator=one_of("running", "succeeded", "failed", "cancelled"))
    cdt_version_id: UUID | None = None
    metrics: Mapping[str, float] = attrs.field(factory=dict)
    problem: str | None = None
    started_at: datetime = attrs.field(validator=aware)
    ended_at: datetime | None = attrs.field(default=None, validator=aware)
