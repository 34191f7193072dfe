"""What was said in a recording, on its way out: for people, for players, for programs."""

import json
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import attrs

from refleqt_core.ports import Segment, Transcript


def written(transcript: Transcript, form: str) -> str:
    """The transcript in one of `FORMATS`, whose last line ends with a line break; empty where a text has no words."""
    return FORMATS[form](transcript)


def as_document(transcript: Transcript) -> dict[str, Any]:
    """The transcript with its segments as JSON has them; times are seconds."""
    fields = ("language", "model", "duration", "cost_micros")
    segments = [attrs.asdict(segment) for segment in transcript.segments]
    return {**{name: getattr(transcript, name) for name in fields}, "text": transcript.text, "segments": segments}


def _text(transcript: Transcript) -> str:
    return "".join(f"[{_clock(each.start)[:-4]}] {_labelled(each)}\n" for each in transcript.segments)


def _json(transcript: Transcript) -> str:
    return json.dumps(as_document(transcript), ensure_ascii=False, indent=2) + "\n"


def _vtt(transcript: Transcript) -> str:
    """WebVTT (W3C), whose words are escaped and whose speakers are voice spans."""
    cues = (f"{_clock(each.start)} --> {_clock(each.end)}\n{_voice(each)}\n" for each in transcript.segments)
    return "\n".join(["WEBVTT\n", *cues])


def _srt(transcript: Transcript) -> str:
    """SubRip, which has no escapes: an arrow among the words would begin a cue."""
    cues = (
        f"{number}\n{_clock(each.start, ',')} --> {_clock(each.end, ',')}\n{_labelled(each).replace('-->', '→')}\n"
        for number, each in enumerate(transcript.segments, start=1)
    )
    return "\n".join(cues)


FORMATS: Mapping[str, Callable[[Transcript], str]] = {"text": _text, "vtt": _vtt, "srt": _srt, "json": _json}
"""What a transcript can be written as, by name; each is also the ending of a file, but that of text is txt."""


def _voice(segment: Segment) -> str:
    words = escape(_line(segment.text), quote=False)
    return f"<v {escape(_line(segment.speaker), quote=False)}>{words}" if segment.speaker else words


def _labelled(segment: Segment) -> str:
    return f"{_line(segment.speaker)}: {_line(segment.text)}" if segment.speaker else _line(segment.text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _clock(seconds: float, point: str = ".") -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
