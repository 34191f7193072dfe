"""What counts of all that was heard, and who said what: in recordings, in chats, and in notes that name the speaker."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from .activities import Activity, ActivityArtifact, StoredTranscript
from .activity_files import is_recording

CHATS = frozenset({"slack", "file:slack", "file:chat"})
"""The models of transcripts of what people wrote to each other."""

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
"""A word, with the hyphens and apostrophes inside of it."""

_NAMED_LINE = re.compile(r"^[ \t>*-]*([^\W\d_][^:\n]{0,60}?)[ \t]*:[ \t]+(\S.*)$", re.MULTILINE)


class Turn(NamedTuple):
    """Words of one speaker (None where nobody knows who).

    ``second`` is where in the recording they begin, or in a chat after its first message; None where nobody knows.
    ``artifact_id`` is None for the notes. ``is_spoken`` is True of what was said aloud.
    """

    speaker: str | None
    text: str
    second: float | None = None
    artifact_id: UUID | None = None
    is_spoken: bool = False

    @property
    def words(self) -> int:
        """How many there are."""
        return len(WORD.findall(self.text))


def latest_transcripts(transcripts: Iterable[StoredTranscript]) -> list[StoredTranscript]:
    """Of each file the transcript that was made last, whatever model made it; files in the order of their first one.

    So a file that is heard again stays where it was, and one that is heard later moves nothing before it.
    """
    latest: dict[UUID, StoredTranscript] = {}
    for transcript in sorted(transcripts, key=lambda each: (each.transcribed_at, each.id)):
        latest[transcript.activity_artifact_id] = transcript
    return list(latest.values())


def turns(
    activity: Activity, artifacts: Sequence[ActivityArtifact], transcripts: Iterable[StoredTranscript]
) -> list[Turn]:
    """All that was said in the activity: lines of the notes that name a participant, and every transcript's segments.

    A speaker is called as the participant is whose name, or first name that no other has, it is.
    """
    names = _names(activity)
    found = [Turn(speaker, match.group(2).strip()) for speaker, match in _noted(activity.notes, names)]
    own = {artifact.id: artifact for artifact in artifacts if artifact.activity_id == activity.id}
    for transcript in latest_transcripts(each for each in transcripts if each.activity_artifact_id in own):
        spoken = _is_spoken(own[transcript.activity_artifact_id], transcript)
        for segment in transcript.segments:
            speaker = segment.get("speaker")
            known = names.get(str(speaker).casefold().strip(), speaker) if speaker else None
            second = float(segment["start"]) if transcript.duration > 0 else None
            found.append(Turn(known, segment["text"], second, transcript.activity_artifact_id, spoken))
    return found


def _is_spoken(artifact: ActivityArtifact, transcript: StoredTranscript) -> bool:
    """Whether it is what was said aloud: of a recording, or of a meeting's transcript with times; never of a chat."""
    if is_recording(artifact.media_type):
        return True
    return transcript.model not in CHATS and transcript.duration > 0


def words_by_speaker(said: Iterable[Turn]) -> dict[str, int]:
    """How many words each known speaker said."""
    counts: dict[str, int] = {}
    for turn in said:
        if turn.speaker is not None:
            counts[turn.speaker] = counts.get(turn.speaker, 0) + turn.words
    return counts


def _names(activity: Activity) -> Mapping[str, str]:
    """The participants' names by all that they may be called, in small letters."""
    full = {person.name.casefold().strip(): person.name for person in activity.participants}
    first: dict[str, list[str]] = {}
    for person in activity.participants:
        first.setdefault(person.name.casefold().split(" ")[0], []).append(person.name)
    return {name: people[0] for name, people in first.items() if len(people) == 1} | full


def noted_speakers(activity: Activity) -> list[tuple[int, str | None]]:
    """Who says what in the notes: (character, name) where a line that names a participant begins, None at its end."""
    found: list[tuple[int, str | None]] = []
    for speaker, match in _noted(activity.notes, _names(activity)):
        found += [(match.start(1), speaker), (match.end(), None)]
    return found


def _noted(notes: str, names: Mapping[str, str]) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _NAMED_LINE.finditer(notes):
        speaker = names.get(match.group(1).casefold().strip())
        if speaker is not None:
            yield speaker, match
