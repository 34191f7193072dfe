"""The text of a source, as it is embedded, searched and quoted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ..errors import InvalidInput
from ..intake.activities import Activity, ActivityArtifact, StoredTranscript
from ..intake.business import OnboardingResponse
from ..intake.calendar import CalendarEntry, SeoMetadata
from ..intake.transcripts import latest_transcripts, noted_speakers
from ..intake.vents import VentEntry
from ..ports import Query, Transaction, where


@attrs.frozen(kw_only=True)
class SourceText:
    """What a source says and since when.

    ``spoken`` gives (character, second) where a segment of a transcript begins, the second None where that has no
    times; ``speakers`` gives (character, name) where somebody begins to speak, the name None where nobody knows who.
    ``closed`` is said of what was replaced: it stays readable, and no longer speaks for the business.
    """

    source_type: str
    source_id: UUID
    text: str
    created_at: datetime
    spoken: tuple[tuple[int, float | None], ...] = ()
    speakers: tuple[tuple[int, str | None], ...] = ()
    closed: bool = False

    def second_at(self, position: int) -> float | None:
        """The second of the recording at which the character was said; None for what was written."""
        return next((second for start, second in reversed(self.spoken) if start <= position), None)

    def speaker_at(self, position: int) -> str | None:
        """Who says the character; None where nobody knows."""
        return next((name for start, name in reversed(self.speakers) if start <= position), None)


def source_text(tx: Transaction, source_type: str, source_id: UUID) -> SourceText:
    """The source's text as it is now. Absent: `NotFound`; no such type of source: `InvalidInput`."""
    check_type(source_type)
    return READERS[source_type](tx, source_id)


def check_type(source_type: str) -> None:
    """No such type of source: `InvalidInput` with those that there are."""
    if source_type not in READERS:
        raise InvalidInput(f"'{source_type}' is no type of source; there are: {', '.join(READERS)}")


def _onboarding(tx: Transaction, source_id: UUID) -> SourceText:
    answer = tx.get(OnboardingResponse, source_id)
    return SourceText(
        source_type="onboarding",
        source_id=source_id,
        text=answer.answer,
        created_at=answer.valid_from,
        closed=answer.valid_to is not None,
    )


def _calendar(tx: Transaction, source_id: UUID) -> SourceText:
    tx.get(CalendarEntry, source_id)
    return calendar_texts(tx, [source_id])[0]


def calendar_texts(tx: Transaction, entry_ids: Sequence[UUID]) -> list[SourceText]:
    """The texts of those entries that are there, for the time of one look-up."""
    entries, searches = tx.find_all(
        Query(CalendarEntry, where(id__in=entry_ids)), Query(SeoMetadata, where(calendar_entry_id__in=entry_ids))
    )
    search_of = {row.calendar_entry_id: row for row in searches}
    return [_entry_text(entry, search_of.get(entry.id)) for entry in entries]


def _entry_text(entry: CalendarEntry, search: SeoMetadata | None) -> SourceText:
    parts = [entry.title, entry.strategic_intent, entry.competitive_context, entry.notes]
    parts += [search.primary_keyword, search.meta_description] if search else []
    text = ". ".join(part.strip().rstrip(".") for part in parts if part)
    return SourceText(
        source_type="calendar", source_id=entry.id, text=text, created_at=entry.publish_at or entry.created_at
    )


def _vent(tx: Transaction, source_id: UUID) -> SourceText:
    vent = tx.get(VentEntry, source_id)
    return SourceText(source_type="vent", source_id=source_id, text=vent.text, created_at=vent.written_at)


def _activity(tx: Transaction, source_id: UUID) -> SourceText:
    """The notes, and after them what was said in each recording, as it was heard last.

    A recording that is heard later moves no earlier quote.
    """
    activity = tx.get(Activity, source_id)
    text, spoken, speakers = activity.notes, list[tuple[int, float | None]](), noted_speakers(activity)
    artifacts = [artifact.id for artifact in tx.find(ActivityArtifact, *where(activity_id=source_id))]
    heard = tx.find(StoredTranscript, *where(activity_artifact_id__in=artifacts))
    for transcript in latest_transcripts(heard):
        text += "\n\n" if text else ""
        for place, segment in enumerate(transcript.segments):
            spoken.append((len(text), float(segment["start"]) if transcript.duration > 0 else None))
            speakers.append((len(text), segment.get("speaker")))
            text += segment["text"] + _gap(transcript.segments[place : place + 2])
        text = text.rstrip()
    return SourceText(
        source_type="activity",
        source_id=source_id,
        text=text,
        created_at=activity.held_at,
        spoken=tuple(spoken),
        speakers=tuple(speakers),
    )


def _gap(neighbours: Sequence[Mapping[str, Any]]) -> str:
    """A line's end where another one speaks next, or where what comes was written: no sentence goes on there."""
    if len(neighbours) < 2:
        return " "
    one, other = neighbours
    is_written = other["start"] == other["end"]
    return "\n" if is_written or one.get("speaker") != other.get("speaker") else " "


READERS = {"onboarding": _onboarding, "activity": _activity, "vent": _vent, "calendar": _calendar}
