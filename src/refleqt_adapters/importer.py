"""A file on disk becomes records of a business: its kind is recognised, it is read, kept, and handed on."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import attrs

from refleqt_core.attribution.service import AttributionService
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.activity_log import ActivityService
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar_service import CalendarService
from refleqt_core.intake.drafts import ImportedFile, OnboardingForm
from refleqt_core.intake.onboarding import OnboardingService
from refleqt_core.intake.performance_service import PerformanceService
from refleqt_core.intake.team_drafts import MemberDraft
from refleqt_core.intake.tooling_service import ToolingService
from refleqt_core.intake.vent_board import VentService
from refleqt_core.marketplace.service import MarketplaceService
from refleqt_core.ports import BlobStore, Clock, MetricRecord, Store
from refleqt_core.values import BusinessId

from .connectors.activity_file import ActivityFile, uploads
from .connectors.file_kinds import FILE_KINDS, sniff
from .connectors.onboarding_file import read_onboarding
from .connectors.reading import Reading
from .connectors.rejected_file import write_rejected


class Counts(Protocol):
    """How many rows an import added, changed, and found as they were."""

    @property
    def new(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...


@attrs.frozen(kw_only=True)
class Imported:
    """What an import did. Read = new + changed + unchanged + rejected.

    Beside those, ``passed_over`` things of the file are none that could be imported; the ``notes`` say which.
    """

    kind: str
    path: Path
    read: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejected_file: Path | None = None
    unused_columns: tuple[str, ...] = ()
    passed_over: int = 0
    notes: tuple[str, ...] = ()


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

    def import_file(
        self, business_id: BusinessId, path: Path, *, kind: str | None = None, skip_bad_rows: bool = False
    ) -> Imported:
        """All rows of the file are on record, or none; with ``skip_bad_rows`` the good ones.

        Then the rejected ones lie with their reasons in a file beside it. Without ``kind`` the file says what it is.
        Any fault raises `InvalidInput` with all faults. The file itself is kept as a blob.
        """
        kind = kind or sniff(path)
        if kind not in FILE_KINDS:
            known = f"The kinds are: {', '.join(FILE_KINDS)}."
            raise InvalidInput([Fault(str(path), None, None, f"'{kind}' is no kind of file", known)])
        content = FILE_KINDS[kind].content(path, self._reading(business_id), skip_bad_rows=skip_bad_rows)
        with path.open("rb") as data:
            file = ImportedFile(name=path.name, blob=self.blobs.put(data), rejected=len(content.rejected))
        done = self._importers[kind](business_id, content.items, file)
        return Imported(
            kind=kind,
            path=path,
            read=done.new + done.changed + done.unchanged + file.rejected,
            new=done.new,
            changed=done.changed,
            unchanged=done.unchanged,
            rejected=file.rejected,
            rejected_file=write_rejected(path, content.rejected) if content.rejected else None,
            unused_columns=tuple(content.unused_columns),
            passed_over=content.passed_over,
            notes=content.notes,
        )

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
            "vents": self.vents.import_vents,
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

    def _tool(self, business_id: BusinessId, records: Sequence[MetricRecord], file: ImportedFile) -> Counts:
        source = records[0].source if records else Path(file.name).stem
        extraction = self.tooling.extract(business_id, source, records, file)
        self.tooling.delta(business_id, source)
        return extraction
