"""A file on disk becomes records of a business: its kind is recognised, it is read, kept, and handed on."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from refleqt_core.attribution.service import AttributionService
from refleqt_core.context.removal import RemovalService
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.activity_log import ActivityService
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar_service import CalendarService
from refleqt_core.intake.conversations import ConversationService
from refleqt_core.intake.drafts import ConversationDraft, ImportedFile, OnboardingForm, UploadedFile
from refleqt_core.intake.import_manifest import manifest_of
from refleqt_core.intake.onboarding import OnboardingService
from refleqt_core.intake.performance_service import PerformanceService
from refleqt_core.intake.team_drafts import MemberDraft
from refleqt_core.intake.tooling_service import ToolingService
from refleqt_core.intake.transcript_intake import TranscriptService
from refleqt_core.intake.vent_board import VentService
from refleqt_core.marketplace.service import MarketplaceService
from refleqt_core.ports import BlobStore, Clock, MetricRecord, Store
from refleqt_core.values import BusinessId

from .calendar_files import CalendarFiles, CalendarPlan
from .collector import resting_collector
from .connectors.activity_file import ActivityFile, uploads
from .connectors.file_kinds import FILE_KINDS, sniff
from .connectors.keyed_rows import FileContent
from .connectors.mapped_table import Progress
from .connectors.meeting_day import Supposed, meeting_title, supposed_moment
from .connectors.onboarding_file import read_onboarding
from .connectors.reading import Reading
from .connectors.slack_export import SlackChoice, SlackExport, read_slack
from .connectors.transcript_files import media_type_of, read_transcript_file
from .imported import Counts, imported
from .imported import Imported as Imported

TAKEN_BACK = frozenset({"transcript", "activity", "vents", "mail"})
"""Kinds of files that hold what people said, and can remove again."""


@attrs.frozen(kw_only=True)
class FileImporter:
    """Imports any kind of file that Refleqt knows."""

    store: Store
    clock: Clock
    blobs: BlobStore
    onboarding: OnboardingService
    calendar: CalendarService
    vents: VentService
    activities: ActivityService
    performance: PerformanceService
    tooling: ToolingService
    attribution: AttributionService
    marketplace: MarketplaceService
    calendar_files: CalendarFiles
    transcripts: TranscriptService
    conversations: ConversationService
    removal: RemovalService

    @property
    def kinds(self) -> Mapping[str, str]:
        """The kinds of files by name, each with what it is."""
        return {name: kind.description for name, kind in FILE_KINDS.items()}

    def kind_of(self, path: Path) -> str:
        """The kind of that file, by its ending and its header; `InvalidInput` where it looks like none."""
        return sniff(path)

    def take_in(self, path: Path) -> BusinessId:
        """The business of that onboarding file is there, new."""
        return BusinessId(self.onboarding.complete(read_onboarding(path)).id)

    @resting_collector()
    def import_file(
        self, business_id: BusinessId, path: Path, *, kind: str | None = None, skip_bad_rows: bool = False
    ) -> Imported:
        """All rows of the file are on record, or none; with ``skip_bad_rows`` the good ones.

        Then the rejected ones lie with their reasons in a file beside it. Without ``kind`` the file says what it is.
        Any fault raises `InvalidInput` with all faults. The file itself is kept as a blob; where its words can be taken
        back (`TAKEN_BACK`), a manifest is kept instead.
        """
        kind = kind or sniff(path)
        if kind not in FILE_KINDS:
            known = f"The kinds are: {', '.join(FILE_KINDS)}."
            raise InvalidInput([Fault(str(path), None, None, f"'{kind}' is no kind of file", known)])
        if kind == "calendar":
            return self.import_calendar(
                business_id, self.calendar_files.settled_plan(business_id, path), skip_bad_rows=skip_bad_rows
            )
        if kind == "slack":
            return self.import_slack(business_id, path, skip_bad_rows=skip_bad_rows)
        if kind == "transcript":
            return self.import_transcript(business_id, path, skip_bad_rows=skip_bad_rows)
        content = FILE_KINDS[kind].content(path, self._reading(business_id), skip_bad_rows=skip_bad_rows)
        file = self._told(path, content) if kind in TAKEN_BACK else self._kept(path, content)
        with self._taken_back(file):
            done = self._importers[kind](business_id, content.items, file)
        return imported(kind, path, content, done)

    @resting_collector()
    def import_slack(
        self,
        business_id: BusinessId,
        path: Path,
        *,
        private: bool = False,
        channels: Sequence[str] = (),
        skip_bad_rows: bool = False,
        progress: Progress = lambda _: None,
    ) -> Imported:
        """As `import_file`, of an export of Slack: the ``channels`` of these names, or all; private ones if asked for.

        Direct messages count as private. Each channel's day is one activity, which a later export lets grow. The export
        itself is not kept, since it holds what nobody asked for; the blob of the import says what was. ``progress`` is
        told how many days have come in.
        """
        choice = SlackChoice(private=private, channels=tuple(channels))
        reading = self._reading(business_id)
        content = read_slack(path, skip_bad_rows=skip_bad_rows, reading=reading, choice=choice)
        manifest = {"file": path.name, "private": private, "channels": list(channels), "notes": content.notes}
        blob = self.blobs.put(BytesIO(json.dumps(manifest, ensure_ascii=False, indent=1).encode()))
        file = ImportedFile(name=path.name, blob=blob, rejected=len(content.rejected))
        with self._taken_back(file):
            done = self._slack(business_id, content.items, file, progress)
        return imported("slack", path, content, done)

    def import_transcript(
        self,
        business_id: BusinessId,
        path: Path,
        *,
        held_at: datetime | None = None,
        activity_type: str | None = None,
        skip_bad_rows: bool = False,
    ) -> Imported:
        """As `import_file`, of what was said in a meeting: an activity of its own, of those who speak there.

        Where nobody says when it was ``held_at``, the file's name does, or else when the file was changed; where nobody
        says what it was, it is a discussion.
        """
        content, reading = read_transcript_file(path, skip_bad_rows=skip_bad_rows), self._reading(business_id)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        supposed = supposed_moment(path.name, reading.time_zone, changed)
        if held_at is None:
            content = content._replace(notes=(*content.notes, _supposition(supposed, reading.time_zone)))
        file, said = self._told(path, content), content.items[0]
        with self._taken_back(file), path.open("rb") as data:
            upload = UploadedFile(name=path.name, media_type=media_type_of(path.name), data=data, transcript=said)
            done = self.transcripts.import_transcript(
                business_id,
                upload,
                said,
                file,
                title=meeting_title(path.name),
                supposed=supposed.moment,
                held_at=held_at,
                activity_type=activity_type,
            )
        return imported("transcript", path, content, done)

    @resting_collector()
    def import_calendar(
        self,
        business_id: BusinessId,
        plan: CalendarPlan,
        *,
        skip_bad_rows: bool = False,
        progress: Progress = lambda _: None,
        writing: Progress = lambda _: None,
    ) -> Imported:
        """As `import_file`, with the columns as the plan says. It is remembered for files with the same columns.

        ``progress`` is told how many rows have been read, ``writing`` how many entries are about to be written.
        """
        content = self.calendar_files.read(plan, skip_bad_rows=skip_bad_rows, progress=progress)
        writing(len(content.items))
        done = self.calendar_files.take(business_id, plan, content, plan.path.name)
        return imported(plan.kind, plan.path, content, done)

    @contextmanager
    def _taken_back(self, file: ImportedFile) -> Iterator[None]:
        """What is refused leaves no blob behind."""
        try:
            yield
        except BaseException:
            self.removal.remove_unused({file.blob})
            raise

    def _kept(self, path: Path, content: FileContent[Any]) -> ImportedFile:
        """The file is a blob."""
        with path.open("rb") as data:
            return ImportedFile(name=path.name, blob=self.blobs.put(data), rejected=len(content.rejected))

    def _told(self, path: Path, content: FileContent[Any]) -> ImportedFile:
        """A manifest of the file is a blob: what people said in it must be nowhere left once that is removed."""
        rejected = len(content.rejected)
        with path.open("rb") as data:
            manifest = manifest_of(path.name, data, len(content.items) + rejected)
        return ImportedFile(name=path.name, blob=manifest.kept(self.blobs), rejected=rejected, sha256=manifest.sha256)

    def _reading(self, business_id: BusinessId) -> Reading:
        with self.store.business(business_id) as tx:
            return Reading(time_zone=tx.get(Business, business_id).time_zone, now=self.clock.now())

    @property
    def _importers(self) -> Mapping[str, Callable[[BusinessId, Any, ImportedFile], Counts]]:
        tools = ("ads", "deals", "google_ads", "mailchimp", "ga4", "instagram")
        return {
            "onboarding": self._onboarding,
            "team": self._team,
            "calendar": self.calendar.import_entries,
            **dict.fromkeys(("ical", "wordpress", "ghost"), self.calendar.import_entries),
            **dict.fromkeys(("vents", "mail"), self.vents.import_vents),
            "activity": self._activity,
            "performance": self.performance.import_records,
            "touches": self.attribution.import_touches,
            "conversions": self.attribution.import_conversions,
            "creators": lambda _business, drafts, _file: self.marketplace.import_creators(drafts),
            "creator_history": lambda _business, jobs, _file: self.marketplace.import_history(jobs),
            **dict.fromkeys(tools, self._tool),
        }

    def _onboarding(self, business_id: BusinessId, forms: Sequence[OnboardingForm], _file: ImportedFile) -> Counts:
        return self.onboarding.revise(business_id, forms[0])

    def _team(self, business_id: BusinessId, members: Sequence[MemberDraft], _file: ImportedFile) -> Counts:
        return self.onboarding.team(business_id, members)

    def _activity(self, business_id: BusinessId, read: Sequence[ActivityFile], file: ImportedFile) -> Counts:
        with uploads(read[0].files) as files:
            return self.activities.import_activity(business_id, read[0].draft, files, file)

    def _slack(
        self, business_id: BusinessId, read: Sequence[SlackExport], file: ImportedFile, progress: Progress
    ) -> Counts:
        def drafts() -> Iterator[ConversationDraft]:
            for count, draft in enumerate(chain.from_iterable(export.conversations() for export in read), 1):
                yield draft
                progress(count)

        done = self.conversations.import_conversations(business_id, "slack", drafts(), file)
        self.removal.remove_unused(done.replaced)
        return done.batch

    def _tool(self, business_id: BusinessId, records: Sequence[MetricRecord], file: ImportedFile) -> Counts:
        source = records[0].source if records else Path(file.name).stem
        extraction = self.tooling.extract(business_id, source, records, file)
        self.tooling.delta(business_id, source)
        return extraction


def _supposition(supposed: Supposed, time_zone: str) -> str:
    moment = supposed.moment.astimezone(ZoneInfo(time_zone))
    return f"taken as held on {moment:%-d %B %Y at %H:%M} ({supposed.told_by}); say otherwise with --held-at"
