"""Entries that begin with what others had: templates, and series that come back by a rule."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from ..errors import Conflict, Fault, InvalidInput, NotFound
from ..ports import Clock, Ids, Queue, Store, Transaction, where
from ..values import BusinessId
from .business import Business
from .calendar import CalendarEntry, EntryRevision, EntrySeries, EntryTemplate
from .calendar_details import stored_entries
from .calendar_history import in_use, remove_entries
from .calendar_writing import CalendarWriter, Change
from .drafts import EntryDraft
from .entry_drafts import document_of, draft_from
from .field_rules import faults_of

AHEAD = timedelta(days=60)
"""How far ahead the entries of a series are made."""

OF_ONE_ENTRY = ("external_id", "publish_at", "created_at", "review_due", "given")
"""What a template leaves out, since it belongs to one entry alone."""

OF_ONE_PAGE = ("status", "url_slug", "canonical_url", "ranking_position", "index_status", "utm_content")
"""What of an entry is its own fate or address, which others that are like it do not share."""

COMES_AS = "planned"
"""The status of the entries that follow another one."""

ANY = {"external_id": "-", "title": "-", "artifact_type": "blog_copy"}
"""What a draft has to have, where a template does not say."""

PLACES: Mapping[str, str] = {"date": "%Y-%m-%d", "day": "%-d", "month": "%B", "year": "%Y", "week": "%V"}
"""What may stand in braces in the title of a series, and is written for each occurrence."""

Occurrences: TypeAlias = Callable[..., Sequence[datetime]]
"""``occurrences(rule, starts_at, time_zone, until)``: the moments of an RFC 5545 rule, in order."""


@attrs.frozen(kw_only=True)
class TemplateService:
    """What new entries can start with."""

    store: Store
    clock: Clock
    ids: Ids

    def save(self, business_id: BusinessId, name: str, fields: Mapping[str, Any]) -> EntryTemplate:
        """The template of that name gives these fields. Unknown fields and values raise `InvalidInput`, all of them."""
        kept = template_fields(fields)
        with self.store.business(business_id) as tx:
            for stored in tx.find(EntryTemplate, *where(name=name)):
                return stored if stored.fields == kept else tx.save(attrs.evolve(stored, fields=kept))
            made = EntryTemplate(
                id=self.ids.new(), business_id=business_id, name=name, fields=kept, created_at=self.clock.now()
            )
            tx.add(made)
            return made

    def list(self, business_id: BusinessId) -> list[EntryTemplate]:
        """All templates by name."""
        with self.store.business(business_id) as tx:
            return tx.find(EntryTemplate, order="name")

    def remove(self, business_id: BusinessId, name: str) -> None:
        """The template is gone; entries that were made of it stay. Absent: `NotFound`."""
        with self.store.business(business_id) as tx:
            tx.remove(EntryTemplate, _named(tx, EntryTemplate, name).id)

    def draft(self, business_id: BusinessId, name: str, fields: Mapping[str, Any]) -> EntryDraft:
        """A draft with what the template gives and, over it, these fields (by `EntryDraft`'s names, as values)."""
        with self.store.business(business_id) as tx:
            template = _named(tx, EntryTemplate, name)
        base = draft_from(ANY | dict(template.fields))
        given = {field: getattr(base, field) for field in template.fields} | dict(fields)
        if missing := [field for field in ("external_id", "title", "artifact_type") if not given.get(field)]:
            remedy = "Give it; the template does not."
            raise InvalidInput([Fault(f"template '{name}'", None, field, "it is missing", remedy) for field in missing])
        return EntryDraft(**given)


@attrs.frozen(kw_only=True)
class SeriesService:
    """Entries that come back. ``occurrences`` says when."""

    store: Store
    queue: Queue
    clock: Clock
    ids: Ids
    occurrences: Occurrences

    def start(self, business_id: BusinessId, name: str, draft: EntryDraft, rule: str, *, time_zone: str) -> EntrySeries:
        """Entries like ``draft`` come back by the rule from its publication on; those of the next 60 days are there.

        A draft without a date, and a rule or time zone that says nothing, raise `InvalidInput`; a series of that name
        raises `Conflict`.
        """
        if draft.publish_at is None:
            raise InvalidInput([Fault(f"series '{name}'", None, "publish_at", "it has no beginning", "Give a date.")])
        self.occurrences(rule, draft.publish_at, time_zone, draft.publish_at)
        series = EntrySeries(
            id=self.ids.new(),
            business_id=business_id,
            name=name,
            rule=rule,
            starts_at=draft.publish_at,
            time_zone=time_zone,
            fields=template_fields(document_of(draft)),
            created_at=self.clock.now(),
        )
        with self.store.business(business_id) as tx:
            return self._begin(tx, series)

    def repeat(
        self, business_id: BusinessId, entry_id: UUID, rule: str, *, name: str | None = None, title: str | None = None
    ) -> EntrySeries:
        """Entries like that one follow it by the rule, in the business's time zone; 60 days of them are there.

        They are planned, with its fields but what is its own alone (`like`), and none of them lies in the past.
        ``title`` may have `PLACES` in braces. The series is named as the entry is, or ``name``. Errors are those of
        `start`; no such entry: `NotFound`.
        """
        with self.store.business(business_id) as tx:
            entry = tx.get(CalendarEntry, entry_id)
            if entry.publish_at is None:
                fault = Fault(
                    f"entry '{entry.external_id}'", None, "publish_at", "it has no date", "Give it one first."
                )
                raise InvalidInput([fault])
            zone = tx.get(Business, business_id).time_zone
            self.occurrences(rule, entry.publish_at, zone, entry.publish_at)
            fields = like(stored_entries(tx, [entry])[entry.external_id].draft) | {"status": COMES_AS}
            series = EntrySeries(
                id=self.ids.new(),
                business_id=business_id,
                name=name or entry.title,
                rule=rule,
                starts_at=entry.publish_at,
                time_zone=zone,
                fields=fields | ({"title": title} if title else {}),
                made_until=max(entry.publish_at, self.clock.now()),
                created_at=self.clock.now(),
            )
            return self._begin(tx, series)

    def extend(self, business_id: BusinessId) -> int:
        """The entries of the next 60 days are there, for every series that goes on; gives how many are new."""
        with self.store.business(business_id) as tx:
            return sum(self._extend(tx, series)[1] for series in tx.find(EntrySeries, *where(active=True)))

    def stop(self, business_id: BusinessId, name: str) -> int:
        """Nothing more comes of the series: its future entries that nobody has touched are gone; gives how many.

        Absent: `NotFound`.
        """
        with self.store.business(business_id) as tx:
            series = _named(tx, EntrySeries, name)
            ahead = where(series_id=series.id, publish_at__gt=self.clock.now())
            coming = tx.rows(CalendarEntry, ("id",), *ahead)
            ids = [id for (id,) in coming]
            changed = {row.calendar_entry_id for row in tx.find(EntryRevision, *where(calendar_entry_id__in=ids))}
            gone = [id for id in ids if id not in changed | in_use(tx, ids)]
            remove_entries(tx, self.queue, business_id, gone)
            tx.save(attrs.evolve(series, active=False))
            return len(gone)

    def list(self, business_id: BusinessId) -> list[EntrySeries]:
        """All series by name, those that were stopped included."""
        with self.store.business(business_id) as tx:
            return tx.find(EntrySeries, order="name")

    def _begin(self, tx: Transaction, series: EntrySeries) -> EntrySeries:
        """One that was stopped begins anew."""
        for stored in tx.find(EntrySeries, *where(name=series.name)):
            if stored.active:
                raise Conflict(f"there is a series '{series.name}' already; stop it first, or take another name")
            again = attrs.evolve(series, id=stored.id, version=stored.version, created_at=stored.created_at)
            return self._extend(tx, tx.save(again))[0]
        tx.add(series)
        return self._extend(tx, series)[0]

    def _extend(self, tx: Transaction, series: EntrySeries) -> tuple[EntrySeries, int]:
        """The series with its entries ahead, and how many of them are new; what is on the calendar stays as it is."""
        until = max(self.clock.now(), series.starts_at) + AHEAD
        moments = self.occurrences(series.rule, series.starts_at, series.time_zone, until)
        fresh = [moment for moment in moments if series.made_until is None or moment > series.made_until]
        if not fresh:
            return series, 0
        drafts = {each.external_id: each for each in (_occurrence(series, moment) for moment in fresh)}
        there = tx.rows(CalendarEntry, ("external_id",), *where(external_id__in=list(drafts)))
        new = [each for name, each in drafts.items() if (name,) not in set(there)]
        writer = CalendarWriter(queue=self.queue, clock=self.clock, ids=self.ids)
        change = Change(id=self.ids.new(), action="edit", by=f"series {series.name}", series_id=series.id)
        writer.write(tx, BusinessId(series.business_id), new, change)
        return tx.save(attrs.evolve(series, made_until=until)), len(new)


def like(draft: EntryDraft) -> dict[str, Any]:
    """The fields that others like it begin with: all but what is its own alone, such as its id, dates and address."""
    fields = template_fields(document_of(draft))
    if draft.plans:
        slots = {
            plan.channel: [slot for slot in plan.posting_schedule if not slot[:4].isdigit()] for plan in draft.plans
        }
        fields["plans"] = [plan | {"posting_schedule": slots[plan["channel"]]} for plan in fields["plans"]]
    return {name: value for name, value in fields.items() if name not in OF_ONE_PAGE}


def template_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of the fields a template keeps, as JSON writes it; faults raise `InvalidInput`."""
    draft = draft_from(ANY | dict(fields))
    if faults := faults_of(draft):
        raise InvalidInput(Fault("the template", None, *fault) for fault in faults)
    written = document_of(draft)
    return {name: written[name] for name in fields if name in written and name not in OF_ONE_ENTRY}


def _occurrence(series: EntrySeries, moment: datetime) -> EntryDraft:
    zone = ZoneInfo(series.time_zone)
    local, usual = moment.astimezone(zone), series.starts_at.astimezone(zone)
    day = local.date()
    slug = re.sub(r"[^a-z0-9]+", "-", series.name.lower()).strip("-") or "series"
    hour = "" if local.time() == usual.time() else f"-{local:%H%M}"
    own = {"external_id": f"{slug}-{series.id.hex[-6:]}-{day}{hour}"}
    base = draft_from(ANY | {"title": series.name} | dict(series.fields) | own)
    title = re.sub(r"\{(\w+)\}", lambda match: _written(match, day), base.title)
    return replace(base, title=title, publish_at=moment)


def _written(place: re.Match[str], day: date) -> str:
    form = PLACES.get(place[1])
    return place[0] if form is None else day.strftime(form)


def _named(tx: Transaction, kind: Any, name: str) -> Any:
    found = tx.find(kind, *where(name=name))
    if not found:
        what = {EntryTemplate: "template", EntrySeries: "series"}[kind]
        raise NotFound(f"there is no {what} '{name}'")
    return found[0]
