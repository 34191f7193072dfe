"""A Slack export as conversations: each channel's days, one after the other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import ConversationDraft

from .csv_records import HELD, RejectedLine, opened, refused
from .keyed_rows import FileContent
from .reading import Reading
from .slack_archive import Channel, SlackArchive, opened_archive
from .slack_messages import Message, in_threads, left_out, message, moment
from .slack_text import SlackText

_REACH = timedelta(days=1)
"""The day of a file and the day of a message in it, in any time zone, are no further apart than that."""


@attrs.frozen(kw_only=True)
class SlackChoice:
    """What of an export is taken: the ``channels`` of these names (all, where none is named), ``private`` ones too."""

    private: bool = False
    channels: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class SlackExport:
    """A checked export, which is read again for each use.

    Of a channel with a file that is ``unreadable`` the days that this may hold a part of are left out: half of a day
    would say that the other half was deleted.
    """

    path: Path
    time_zone: str
    choice: SlackChoice
    covered: tuple[datetime, datetime]
    unreadable: frozenset[str] = frozenset()

    def conversations(self) -> Iterator[ConversationDraft]:
        """Each day of each channel that is taken, by the business's clock; a few days are held in memory at a time."""
        with opened(self.path) as file, opened_archive(str(self.path), file) as archive:
            for channel in _chosen(archive, self.choice):
                yield from self._of(archive, channel)

    def _of(self, archive: SlackArchive, channel: Channel) -> Iterator[ConversationDraft]:
        zone, text = ZoneInfo(self.time_zone), archive.text
        days: dict[date, list[Message]] = {}
        broken = [day for day, file in channel.days if file in self.unreadable]
        for day, file in channel.days:
            for finished in sorted(each for each in days if each < day - _REACH):
                yield from self._draft(archive, channel, finished, days.pop(finished), broken)
            for each in _messages(archive, text, file):
                days.setdefault(each.at.astimezone(zone).date(), []).append(each)
        for each_day in sorted(days):
            yield from self._draft(archive, channel, each_day, days[each_day], broken)

    def _draft(
        self, archive: SlackArchive, channel: Channel, day: date, messages: Sequence[Message], broken: Sequence[date]
    ) -> Iterator[ConversationDraft]:
        if any(abs(day - each) <= _REACH for each in broken):
            return
        titles = {each.speaker: archive.people[each.user].title for each in messages if each.user in archive.people}
        yield ConversationDraft(
            external_id=f"slack:{channel.id}:{day}",
            title=f"{channel.name}, {day.day} {day:%B %Y}",
            name=f"{channel.name.removeprefix('#').replace('/', '-')[:80]}-{day}.txt",
            messages=tuple(in_threads(messages)),
            roles={name: title for name, title in titles.items() if title},
            covered=self.covered,
        )


def read_slack(
    path: Path, *, skip_bad_rows: bool = False, reading: Reading | None = None, choice: SlackChoice | None = None
) -> FileContent[SlackExport]:
    """The export at ``path``, whose every file that is taken has been read once; what is left out is counted.

    Without a ``reading`` the days are those of UTC. Any fault raises `InvalidInput` with all faults by the file inside;
    with ``skip_bad_rows`` faulty days are kept apart as ``rejected``. A channel that is named and not there raises all
    the same, as does a private one unless private ones are asked for.
    """
    choice, zone = choice or SlackChoice(), (reading or Reading.of_file(path)).time_zone
    with opened(path) as file, opened_archive(str(path), file) as archive:
        check = _Check(archive)
        for channel in _chosen(archive, choice):
            check.channel(channel)
        passed = check.passed + _private(archive, choice)
    if check.faults and not skip_bad_rows:
        raise refused(check.faults[:HELD], max(len(check.faults) - HELD, 0))
    covered = check.covered
    return FileContent(
        [SlackExport(path=path, time_zone=zone, choice=choice, covered=covered, unreadable=frozenset(check.unreadable))]
        if covered
        else [],
        tuple(RejectedLine(row=0, text=fault.field or "", faults=(fault,)) for fault in check.faults),
        passed_over=passed.total(),
        notes=tuple(f"passed over: {what} ({count:,})" for what, count in passed.items()),
    )


class _Check:
    """Reads every message once: what is at fault, what is left out, and from when to when the export reaches."""

    def __init__(self, archive: SlackArchive) -> None:
        self._archive = archive
        self.faults: list[Fault] = []
        self.unreadable: set[str] = set()
        self.passed: Counter[str] = Counter()
        self.covered: tuple[datetime, datetime] | None = None

    def channel(self, channel: Channel) -> None:
        for _, file in channel.days:
            rows = self._archive.messages(file)
            if isinstance(rows, Fault):
                self.faults.append(rows)
                self.unreadable.add(file)
                continue
            for place, row in enumerate(rows, 1):
                at = moment(row.get("ts"))
                if at is None:
                    remedy = "Export the workspace again in Slack."
                    problem = f"message {place} has no moment: '{str(row.get('ts'))[:50]}'"
                    self.faults.append(Fault(self._archive.source, None, file[:200], problem, remedy))
                    continue
                first, last = self.covered or (at, at)
                self.covered = min(first, at), max(last, at)
                if reason := left_out(row, self._archive.people):
                    self.passed[reason] += 1


def _messages(archive: SlackArchive, text: SlackText, file: str) -> Iterator[Message]:
    """What people wrote in that file; a message without a moment is one that was rejected."""
    rows = archive.messages(file)
    for row in () if isinstance(rows, Fault) else rows:
        at = moment(row.get("ts"))
        if at is None or left_out(row, archive.people) is not None:
            continue
        said = message(row, at, archive.people, text)
        if said is not None:
            yield said


def _chosen(archive: SlackArchive, choice: SlackChoice) -> list[Channel]:
    """The channels that are taken; a name that nobody has, or that of a private one, raises `InvalidInput`."""
    allowed = [each for each in archive.channels if choice.private or not each.is_private]
    if not choice.channels:
        return allowed
    faults = []
    for said in choice.channels:
        if not any(_is_called(each, said) for each in allowed):
            hidden = any(_is_called(each, said) for each in archive.channels)
            problem = f"'{said[:100]}' is private" if hidden else f"there is no channel '{said[:100]}'"
            known = ", ".join(each.name for each in allowed)[:500]
            remedy = "Ask for private ones too, with --private." if hidden else f"The channels are: {known}."
            faults.append(Fault(archive.source, None, "channel", problem, remedy, said[:100]))
    if faults:
        raise InvalidInput(faults)
    return [each for each in allowed if any(_is_called(each, said) for said in choice.channels)]


def _is_called(channel: Channel, said: str) -> bool:
    return said.lstrip("#").casefold() in (channel.name.removeprefix("#").casefold(), channel.id.casefold())


def _private(archive: SlackArchive, choice: SlackChoice) -> Counter[str]:
    """The private conversations that nobody asked for, by what they are."""
    kinds: Mapping[str, str] = {
        "private channel": "private channels",
        "group of direct messages": "groups of direct messages",
        "direct messages": "direct messages between two",
    }
    if choice.private:
        return Counter()
    return Counter(f"{kinds[each.kind]}, which nobody asked for" for each in archive.channels if each.is_private)
