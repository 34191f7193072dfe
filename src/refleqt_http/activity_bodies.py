"""What requests on team activities hold, and what answers say of them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from refleqt_core.context.activity_pages import ActivityPage
from refleqt_core.context.activity_report import ActivityReport, numbers
from refleqt_core.context.alignment import Statement
from refleqt_core.intake.activities import Participant
from refleqt_core.recommendations.activity_advice import Lineage

from .bodies import Flag, Identity, Input, Limit, Moment, Name, Output, PageOf, PageQuery, Target, Text
from .brand_assets import FileName
from .entry_texts import Note

TypeName = Annotated[Name, Field(max_length=100, json_schema_extra={"format": "activity-type"})]
Title = Annotated[Text, Field(max_length=300)]


class PersonBody(Input):
    """Who took part, and as what."""

    name: Name
    role: Text = ""


People = Annotated[tuple[PersonBody, ...], Field(max_length=200)]


class ActivityBody(Input):
    """An activity that has taken place."""

    activity_type: TypeName
    external_id: Name | None = Field(default=None, description="sent again under it, the activity is the same one")
    title: Title = ""
    held_at: Moment | None = Field(default=None, description="now, where it is not given")
    duration_minutes: Target | None = None
    participants: People = ()
    notes: Annotated[Note, Field(min_length=0)] = ""
    recommendation_id: Identity | None = Field(
        default=None, description="the recommendation that it follows; else an open one of its type counts"
    )
    new_type: Flag = Field(default=False, description="make the type one of the business's own where it is unknown")

    def people(self) -> tuple[Participant, ...]:
        """Those who took part."""
        return tuple(Participant(name=each.name, role=each.role) for each in self.participants)


class ActivityChange(Input):
    """What is to change in an activity; what is not named stays."""

    activity_type: TypeName | None = None
    title: Title | None = None
    held_at: Moment | None = None
    duration_minutes: Target | None = None
    participants: People | None = None
    notes: Annotated[Note, Field(min_length=0)] | None = None
    new_type: Flag = False

    def changes(self) -> dict[str, Any]:
        """The fields that are named, as the use case takes them; of nulls only that of the duration says something."""
        named = self.model_fields_set - {"new_type"}
        given = {name: getattr(self, name) for name in named if getattr(self, name) is not None}
        if "participants" in given:
            given["participants"] = tuple(Participant(name=each.name, role=each.role) for each in given["participants"])
        return given | ({"duration_minutes": None} if "duration_minutes" in named - given.keys() else {})


class ActivitiesQuery(PageQuery):
    """Which activities."""

    activity_type: TypeName | None = None
    start: Moment | None = Field(default=None, description="held then or later")
    end: Moment | None = Field(default=None, description="held before then")


class FileQuery(Input):
    """What the file is called."""

    name: FileName


class SignalsQuery(Input):
    """How many pairs of quotes that diverge."""

    quotes: Limit = Field(default=5, description="pairs of quotes at most")


class RecommendQuery(Input):
    """Whether it may be the one of before."""

    another: bool = Field(default=False, description="reject the open recommendation, and recommend something else")


class LineageQuery(Input):
    """How many recommendations."""

    limit: Limit = Field(default=50, description="how many at most")


class PersonOut(Output):
    """Who took part, and as what."""

    name: str
    role: str


class ActivityFileOut(Output):
    """A file; `state` is heard, read, waiting, problem or kept, and `model` what heard it last."""

    id: UUID
    name: str
    media_type: str
    uploaded_at: datetime
    state: str
    problem: str | None
    model: str | None
    seconds: float | None
    transcripts: int


class HearingOut(Output):
    """How many recordings are about to be heard."""

    recordings: int


class QualityOut(Output):
    """How much the activity taught: a score in [0, 1], and the confidence that it deserves (high, medium, low)."""

    score: float
    confidence: str
    findings: int
    dropped: int
    words: int
    by_kind: dict[str, int]
    reason: str


class ActivityOut(Output):
    """An activity. `quality` is null until it has been read."""

    id: UUID
    version: int
    external_id: str
    activity_type: str
    title: str
    held_at: datetime
    duration_minutes: float | None
    participants: list[PersonOut]
    notes: str
    recommendation_id: UUID | None
    files: list[ActivityFileOut]
    words: int
    findings: int
    quality: QualityOut | None


class TurnOut(Output):
    """Words of one speaker; `second` is where in the recording they begin, null for what was written."""

    speaker: str | None
    text: str
    second: float | None
    file_id: UUID | None


class FindingOut(Output):
    """Something that was found, with the quote that proves it."""

    id: UUID
    kind: str
    topic: str
    text: str
    quote: str
    quote_start: int
    quote_end: int
    quote_seconds: float | None
    speaker: str | None
    charge: float
    sentiment: float
    model: str


class WholeActivityOut(ActivityOut):
    """An activity with all that was said and found in it."""

    transcript: list[TurnOut]
    context: list[FindingOut]


class ActivitiesPage(PageOf[ActivityOut]):
    """A part of the activities."""


class StatementOut(Output):
    """What somebody said of a topic, in which activity, and at what second of the recording."""

    speaker: str
    text: str
    activity_id: UUID
    activity: str
    held_at: datetime
    second: float | None


class PairOut(Output):
    """Two statements on one topic side by side; `divergence` is in [0, 1]."""

    topic: str
    similarity: float
    divergence: float
    why: str
    quotes: list[StatementOut]


class SignalsOut(Output):
    """The six signals, each with `lacks`: what is missing for it to be told, or null."""

    as_of: datetime
    participation: dict[str, Any]
    consistency: dict[str, Any]
    richness: dict[str, Any]
    preference: dict[str, Any]
    spoken_or_written: dict[str, Any]
    alignment: dict[str, Any]
    widest: list[PairOut]


class RecommendationOut(Output):
    """A recommended activity, what else could have been recommended, and how likely this one was."""

    id: UUID
    recommendation_content: dict[str, Any]
    recommended_at: datetime
    propensity: float
    candidate_set: list[dict[str, Any]]
    policy_version: str
    user_action: str | None
    action_timestamp: datetime | None
    context_extracted: dict[str, Any]
    context_quality_score: float | None


class LineageItemOut(Output):
    """Recommended, held, learned, and how sure that is: high, medium or low."""

    recommendation: RecommendationOut
    activity_id: UUID | None
    held_at: datetime | None
    confidence: str | None


class LineageOut(Output):
    """The recommendations of activities, the newest first."""

    items: list[LineageItemOut]


def shown(page: ActivityPage) -> dict[str, Any]:
    """What `ActivityOut` is made of."""
    activity = page.activity
    same = ("id", "version", "external_id", "activity_type", "title", "held_at", "duration_minutes", "notes")
    files = [
        {
            "id": each.artifact.id,
            "name": each.artifact.file_name,
            "media_type": each.artifact.media_type,
            "uploaded_at": each.artifact.uploaded_at,
            "state": each.state,
            "problem": each.artifact.problem,
            "model": each.transcript and each.transcript.model,
            "seconds": each.transcript and each.transcript.duration,
            "transcripts": each.transcripts,
        }
        for each in page.files
    ]
    return {
        **{name: getattr(activity, name) for name in same},
        "participants": activity.participants,
        "recommendation_id": activity.recommendation_id,
        "files": files,
        "words": page.words,
        "findings": len(page.findings),
        "quality": page.quality,
    }


def whole(page: ActivityPage) -> dict[str, Any]:
    """What `WholeActivityOut` is made of."""
    said = [turn for turn in page.turns if turn.artifact_id is not None]
    turns = [
        {"speaker": each.speaker, "text": each.text, "second": each.second, "file_id": each.artifact_id}
        for each in said
    ]
    return shown(page) | {"transcript": turns, "context": page.findings}


def signals_out(report: ActivityReport) -> dict[str, Any]:
    """What `SignalsOut` is made of."""
    told = numbers(report)
    told["participation"]["words_by_speaker"] = dict(report.signals.participation.words)
    told["preference"] = {
        "types": [
            {"activity_type": each.activity_type, "count": each.count, "share": each.share, "expected": each.expected,
             "is_preferred": each.is_preferred}
            for each in report.signals.preference.types
        ],
        "never_held": list(report.signals.preference.never_held),
        "lacks": report.signals.preference.lacks,
    }  # fmt: skip
    told["alignment"] |= {"sees": report.alignment.sees, "left_out": report.alignment.left_out}
    pairs = [
        {**pair._asdict(), "quotes": [_statement(report, pair.one), _statement(report, pair.other)]}
        for pair in report.alignment.widest
    ]
    return told | {"as_of": report.signals.as_of, "widest": pairs}


def lineage_out(told: Lineage) -> dict[str, Any]:
    """What `LineageItemOut` is made of."""
    return {
        "recommendation": told.recommendation,
        "activity_id": told.activity and told.activity.id,
        "held_at": told.activity and told.activity.held_at,
        "confidence": told.confidence,
    }


def _statement(report: ActivityReport, said: Statement) -> dict[str, Any]:
    return {**said._asdict(), "activity": report.activities.get(said.activity_id, "")}
