"""Which messages of Slack were written by people, when, by whom, and what they say."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import attrs

from refleqt_core.intake.drafts import MessageDraft

from .slack_archive import Person
from .slack_blocks import marked_text
from .slack_text import SlackText

SAID = ("", "me_message", "thread_broadcast", "file_share", "file_comment")
"""The subtypes of messages that people write; all others are notes of Slack itself, or of apps."""

APPS = "what apps and bots wrote"
NOTES = "what Slack notes itself (joined, left, renamed)"
GONE = "messages that were deleted"
SILENT = "messages without words (files alone)"

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Message:
    """One message; ``thread`` is the moment of the message that it replies to, or its own."""

    at: datetime
    thread: datetime
    user: str
    speaker: str
    text: str


def left_out(row: Mapping[str, Any], people: Mapping[str, Person]) -> str | None:
    """Why a message is none that somebody wrote; None where it is one."""
    subtype, user = row.get("subtype"), row.get("user")
    if subtype == "tombstone" or row.get("hidden"):
        return GONE
    if row.get("bot_id") or subtype in ("bot_message", "bot_add", "bot_remove") or _is_bot(user, people):
        return APPS
    if not (subtype is None or subtype in SAID) or row.get("type", "message") != "message" or not isinstance(user, str):
        return NOTES
    return None if words_of(row).strip() else SILENT


def words_of(row: Mapping[str, Any]) -> str:
    """The message's text with Slack's marks; where it has none, that of its blocks."""
    said = str(row.get("text") or "")
    return said if said.strip() else marked_text(row.get("blocks"))


def moment(stamp: object) -> datetime | None:
    """The moment of a message's ``ts`` to the microsecond; None where it is none."""
    try:
        seconds = Decimal(str(stamp))
        found = _BEGINNING + timedelta(microseconds=int(seconds * 1_000_000))
    except (InvalidOperation, OverflowError, ValueError):
        return None
    return found if _FIRST <= found <= _LAST else None


def message(row: Mapping[str, Any], at: datetime, people: Mapping[str, Person], text: SlackText) -> Message | None:
    """The message as it is now, edits and all; None where its marks leave no words."""
    user = str(row["user"])
    said = text.plain(words_of(row))
    if not said:
        return None
    name = people[user].name if user in people else _own_name(row) or user
    return Message(at=at, thread=moment(row.get("thread_ts")) or at, user=user, speaker=name, text=said)


def in_threads(messages: Iterable[Message]) -> Sequence[MessageDraft]:
    """The messages by time, the replies of a thread behind its first message that is there; each moment once."""
    once = {each.at: each for each in messages}
    threads: dict[datetime, list[Message]] = {}
    for each in sorted(once.values(), key=lambda each: each.at):
        threads.setdefault(each.thread, []).append(each)
    ordered = sorted(threads.values(), key=lambda thread: thread[0].at)
    return [MessageDraft(at=each.at, speaker=each.speaker, text=each.text) for thread in ordered for each in thread]


def _is_bot(user: object, people: Mapping[str, Person]) -> bool:
    return isinstance(user, str) and (user == "USLACKBOT" or (user in people and people[user].is_bot))


def _own_name(row: Mapping[str, Any]) -> str:
    """What a message says of its writer itself, which those of other workspaces do."""
    profile = row.get("user_profile")
    if not isinstance(profile, Mapping):
        return ""
    return " ".join(str(profile.get("real_name") or profile.get("display_name") or profile.get("name") or "").split())
