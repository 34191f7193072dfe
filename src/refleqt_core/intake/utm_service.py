"""The use cases around tagged links: templates, the link of an entry, and whose link a pasted one is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from ..errors import Conflict, Fault, InvalidInput, NotFound
from ..ports import Ids, Query, Store, Transaction, where
from ..values import BusinessId
from .business import Business
from .calendar import CHANNELS, CalendarEntry, SeoMetadata, UtmTemplate
from .calendar_service import CalendarService
from .drafts import EntryDraft
from .entry_advice import Advice
from .joining import EntryIndex, normal_name
from .utm import Merge, Utm, build, read, web_address
from .utm_patterns import Pattern, built_in, check, filled, pattern_of
from .utm_remarks import group_of, link_remarks, value_remarks

KEPT = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
"""The parameters that an entry keeps."""

UNLESS_SAID: Mapping[str, str] = {"utm_campaign": "{campaign?}", "utm_content": "{external_id}"}
"""What a template makes of parameters that it says nothing of: results are told apart by the content."""


@attrs.frozen(kw_only=True)
class TaggedLink:
    """The link of an entry. ``template`` names what made the parameters, None where all are the entry's own.

    ``group`` is the default channel group that Google Analytics 4 counts its visits in; ``is_kept`` says whether the
    entry has these parameters stored.
    """

    url: str
    utm: Utm
    external_id: str
    template: str | None
    group: str
    remarks: tuple[Advice, ...]
    is_kept: bool


@attrs.frozen(kw_only=True)
class ReadLink:
    """A pasted link: its parameters, and the entry it belongs to (None: to none, or nobody can say to which).

    ``matched_by`` says what the entry was found by; ``entries`` are all that have these very parameters.
    """

    utm: Utm
    group: str
    entry: CalendarEntry | None
    matched_by: str | None
    entries: tuple[str, ...]
    remarks: tuple[Advice, ...]


@attrs.frozen(kw_only=True)
class UtmService:
    """What can be done with tagged links."""

    store: Store
    calendar: CalendarService
    ids: Ids

    def save_template(
        self, business_id: BusinessId, name: str, patterns: Mapping[str, str | None], *, channel: str | None = None
    ) -> UtmTemplate:
        """The template of that name makes parameters by these ``patterns`` (`utm_patterns`), by default on ``channel``.

        Source and medium are needed. What is wrong with a pattern: `InvalidInput`, all of it. Another template is the
        default of the channel: `Conflict`.
        """
        given = _checked_patterns(name, patterns, channel)
        with self.store.business(business_id) as tx:
            known = tx.find(UtmTemplate)
            taken = [each.name for each in known if channel and each.channel == channel and each.name != name]
            if taken:
                raise Conflict(
                    f"template '{taken[0]}' is the default of {channel}; remove it, or leave the channel out"
                )
            for stored in (each for each in known if each.name == name):
                made = attrs.evolve(stored, channel=channel, **given)
                return stored if made == stored else tx.save(made)
            made = UtmTemplate(id=self.ids.new(), business_id=business_id, name=name, channel=channel, **given)
            tx.add(made)
            return made

    def templates(self, business_id: BusinessId) -> list[UtmTemplate]:
        """All templates by name."""
        with self.store.business(business_id) as tx:
            return tx.find(UtmTemplate, order="name")

    def remove_template(self, business_id: BusinessId, named: str | UUID) -> UtmTemplate:
        """There is no template of that name or id any more; the links that it made stay as they are.

        Gives what it was. Absent before: `NotFound`.
        """
        with self.store.business(business_id) as tx:
            found = tx.get(UtmTemplate, named) if isinstance(named, UUID) else _named(tx, named)
            tx.remove(UtmTemplate, found.id)
            return found

    def link(
        self,
        business_id: BusinessId,
        entry_id: UUID,
        *,
        url: str | None = None,
        template: str | None = None,
        merge: Merge = "replace",
        channel: str | None = None,
        keep: bool = False,
        by: str | None = None,
    ) -> TaggedLink:
        """The tagged link to ``url`` (default: where the entry is published), for the entry on a channel.

        Its own parameters come first; what it lacks a template makes: the one named, else the business's default for
        the ``channel`` (default: the entry's), else a built-in one. A ``template`` that is named goes before the
        entry's own. With ``keep`` the parameters are stored on the entry. Remarks say what is doubtful, such as
        another entry with the same parameters. Absent: `NotFound`; nothing to link to, no channel to take a template
        for, or a place that the entry cannot fill: `InvalidInput`.
        """
        draft = self.calendar.draft(business_id, entry_id)
        on = channel or draft.channel
        with self.store.business(business_id) as tx:
            business = tx.get(Business, business_id)
            pattern = _pattern(tx, template, on)
            utm = _parameters(draft, pattern, business, own_first=template is None)
            tagged = build(url or _published_at(draft, business), utm, merge=merge)
            carried = read(tagged)
            remarks = (*value_remarks(carried, on), *_on_doubles(tx, carried, entry_id))
        fresh = {name: said for name in KEPT if (said := carried.given.get(name)) not in (None, getattr(draft, name))}
        if keep and fresh:
            self.calendar.edit(business_id, entry_id, fresh, by=by)
        return TaggedLink(
            url=tagged,
            utm=carried,
            external_id=draft.external_id,
            template=pattern and pattern.name,
            group=group_of(carried),
            remarks=remarks,
            is_kept=keep or not fresh,
        )

    def read(self, business_id: BusinessId, url: str) -> ReadLink:
        """What the pasted link says, and which entry it belongs to. No web address: `InvalidInput`."""
        utm, whole = read(url), web_address(url)
        with self.store.business(business_id) as tx:
            entries, seo = tx.find_all(Query(CalendarEntry), Query(SeoMetadata))
            match = EntryIndex.of(entries, seo).match(artifact_id=None, utm_content=utm.utm_content, url=whole)
            entry = next((each for each in entries if match and each.id == match.calendar_entry_id), None)
            same = _entries_with(tx, utm)
        remarks = (*link_remarks(url), *value_remarks(utm, entry and entry.channel), *_on_match(utm, entry, same))
        return ReadLink(
            utm=utm,
            group=group_of(utm),
            entry=entry,
            matched_by=match and match.matched_by,
            entries=tuple(same),
            remarks=remarks,
        )


def _checked_patterns(name: str, patterns: Mapping[str, str | None], channel: str | None) -> dict[str, Any]:
    """The patterns as a template keeps them."""
    said = {parameter: text.strip() for parameter, text in patterns.items() if text and text.strip()}
    given = said | {name: text for name, text in UNLESS_SAID.items() if name not in said}
    source, known = f"template '{name}'", ", ".join(KEPT)
    faults = [
        Fault(source, None, each, "there is no such parameter", f"Use: {known}.") for each in given if each not in KEPT
    ]
    faults += [
        Fault(source, None, each, "it is missing", "Give a value or a pattern such as {channel}.")
        for each in ("utm_source", "utm_medium")
        if each not in given
    ]
    if not name.strip():
        faults.append(Fault("template", None, "name", "it is blank", "Name the template."))
    if channel is not None and channel not in CHANNELS:
        faults.append(Fault(source, None, "channel", f"'{channel}' is unknown", f"Use one of: {', '.join(CHANNELS)}."))
    if faults:
        raise InvalidInput(faults)
    check(Pattern(name, {parameter: str(text) for parameter, text in given.items()}))
    return {parameter: given.get(parameter) for parameter in KEPT}


def _named(tx: Transaction, name: str) -> UtmTemplate:
    found = tx.find(UtmTemplate, *where(name=name))
    if not found:
        names = ", ".join(f"'{each.name}'" for each in tx.find(UtmTemplate, order="name"))
        raise NotFound(f"there is no UTM template '{name}'; there are: {names or 'none'}")
    return found[0]


def _pattern(tx: Transaction, template: str | None, channel: str | None) -> Pattern | None:
    """The named template, else the channel's own, else the built-in one; None without a channel."""
    if template is not None:
        return pattern_of(_named(tx, template))
    if channel is None:
        return None
    if channel not in CHANNELS:
        raise InvalidInput(f"'{channel}' is no channel; there are: {', '.join(CHANNELS)}")
    own = tx.find(UtmTemplate, *where(channel=channel))
    return pattern_of(own[0]) if own else built_in(channel)


def _parameters(draft: EntryDraft, pattern: Pattern | None, business: Business, *, own_first: bool) -> Utm:
    """What the entry has and what the pattern makes for it, the one or the other first."""
    own = Utm.of({name: getattr(draft, name) for name in KEPT}).given
    if pattern is None:
        if not own:
            remedy = "Give it a channel, name a template or a channel, or store its UTM parameters."
            raise InvalidInput([Fault(f"entry '{draft.external_id}'", None, "channel", "it has none", remedy)])
        return Utm(**own)
    needed = {name: text for name, text in pattern.parameters.items() if not (own_first and name in own)}
    publish_at = draft.publish_at and draft.publish_at.astimezone(ZoneInfo(business.time_zone))
    made = filled(Pattern(pattern.name, needed), draft, publish_at).given
    return Utm(**(made | own if own_first else own | made))


def _published_at(draft: EntryDraft, business: Business) -> str:
    if draft.canonical_url:
        return draft.canonical_url
    if draft.url_slug and business.website:
        return f"{business.website.rstrip('/')}/{draft.url_slug.strip('/')}"
    remedy = "Give a URL, or the entry a canonical_url, or a url_slug and the business a website."
    raise InvalidInput([Fault(f"entry '{draft.external_id}'", None, "url", "nobody knows where it leads", remedy)])


def _entries_with(tx: Transaction, utm: Utm, but: UUID | None = None) -> list[str]:
    """The external ids of the entries that have these very parameters, however they are written."""
    if not utm.given:
        return []
    wanted = _alike([getattr(utm, name) for name in KEPT])
    rows = tx.rows(CalendarEntry, ("id", "external_id", *KEPT), *where(utm_source__null=utm.utm_source is None))
    return [external_id for id, external_id, *own in rows if id != but and _alike(own) == wanted]


def _alike(values: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(normal_name(value or "") for value in values)


def _on_doubles(tx: Transaction, utm: Utm, entry_id: UUID) -> Iterator[Advice]:
    same = _entries_with(tx, utm, entry_id)
    if same:
        what = f"{_listed(same)} has the very same parameters"
        yield Advice("utm_content", what, "Results of the two cannot be told apart: give each its own utm_content")
    elif utm.utm_content is None:
        yield Advice("utm_content", "it is missing", "Results are credited to an entry by it: use the entry's id")
    else:
        wanted = normal_name(utm.utm_content)
        rows = tx.rows(CalendarEntry, ("id", "external_id", "utm_content"), *where(utm_content__null=False))
        others = [external_id for id, external_id, own in rows if id != entry_id and normal_name(own) == wanted]
        if others:
            what = f"{_listed(others)} has the same one"
            yield Advice("utm_content", what, "Results that come by it are credited to neither: give each its own")


def _on_match(utm: Utm, entry: CalendarEntry | None, same: Sequence[str]) -> Iterator[Advice]:
    if entry is None and len(same) > 1:
        yield Advice("utm_content", f"{_listed(same)} have these parameters", "Nobody can say to which it belongs")
    elif entry is None:
        yield Advice("url", "no entry has these parameters or this page", "Results of the link are credited to none")
    elif utm.utm_content and normal_name(entry.utm_content or "") != normal_name(utm.utm_content):
        what = f"no entry has '{utm.utm_content}'"
        yield Advice("utm_content", what, f"The link was matched to '{entry.external_id}' by its page")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")
