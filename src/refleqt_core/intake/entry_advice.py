"""What could be better in an entry that is no fault: advice for whoever writes it, which refuses nothing."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from .address_rules import slug_of
from .drafts import EntryDraft
from .joining import normal_path
from .keyword_clusters import words_of
from .search_rules import VITALS
from .search_snippet import pixel_width
from .vocabulary import STOPWORDS

TITLE_PIXELS = (400, 600)
"""Wider titles are cut off in Google's results on a desktop; narrower ones leave a third of the line unused (Yoast)."""

DESCRIPTION_CHARACTERS = (120, 158)
"""Descriptions of more characters are cut off on a desktop, and from 120 on also on a telephone."""

LONGEST_SLUG = 75
PAGES = frozenset({"blog_copy", "landing_page", "case_study", "whitepaper", "webinar"})
OUT = frozenset({"published", "reviewed"})
TAGGED = frozenset(
    {
        "email",
        "linkedin",
        "twitter",
        "instagram",
        "facebook",
        "youtube",
        "google_ads",
        "meta_ads",
        "linkedin_ads",
    }
)
"""Channels whose visits analytics cannot tell apart, or takes for direct ones, without UTM parameters."""

UTM = ("utm_source", "utm_medium", "utm_campaign")
_OPPOSED = (
    {"index", "noindex"},
    {"all", "noindex"},
    {"index", "none"},
    {"all", "none"},
    {"follow", "nofollow"},
    {"follow", "none"},
)


class Advice(NamedTuple):
    """Something about a field that could be better, and why or how."""

    field: str
    what: str
    why: str


def advice_of(draft: EntryDraft, *, now: datetime | None = None) -> tuple[Advice, ...]:
    """All advice on the draft; () where there is none. Without ``now`` its dates are not looked at."""
    return (
        *_on_meta(draft),
        *_on_keyword(draft),
        *_on_slug(draft),
        *_on_indexing(draft),
        *_on_images(draft),
        *_on_vitals(draft),
        *_on_results(draft),
        *_on_utm(draft),
        *_on_dates(draft, now),
    )


def _on_meta(draft: EntryDraft) -> Iterator[Advice]:
    is_out = draft.status in OUT and draft.artifact_type in PAGES
    if draft.meta_title:
        width, (narrow, wide) = round(pixel_width(draft.meta_title)), TITLE_PIXELS
        said = f"it is {len(draft.meta_title)} characters and about {width} pixels"
        if width > wide:
            yield Advice("meta_title", f"{said} long", f"Search cuts titles off at about {wide} pixels: shorten it")
        elif width < narrow:
            yield Advice("meta_title", f"{said} short", f"From {narrow} pixels (50 characters) on it uses its line")
    elif is_out:
        yield Advice("meta_title", "the page is out without one", "Search then makes up a title of its own")
    if draft.meta_description:
        length, (least, most) = len(draft.meta_description), DESCRIPTION_CHARACTERS
        if not least <= length <= most:
            yield Advice("meta_description", f"it has {length} characters", f"Search shows {least} to {most} of them")
    elif is_out:
        yield Advice("meta_description", "the page is out without one", "Search then shows a passage of its choice")


def _on_keyword(draft: EntryDraft) -> Iterator[Advice]:
    if not draft.primary_keyword:
        return
    wanted = _stems(draft.primary_keyword)
    places = {"title": draft.title, "meta_title": draft.meta_title, "url_slug": draft.url_slug}
    for field, text in places.items():
        if text and not wanted <= _stems(text):
            why = "Readers and search engines look for the words that were searched for"
            yield Advice(field, f"the primary keyword '{draft.primary_keyword}' is not in it", why)


def _on_slug(draft: EntryDraft) -> Iterator[Advice]:
    if not draft.url_slug:
        return
    if len(draft.url_slug) > LONGEST_SLUG:
        why = f"Up to {LONGEST_SLUG} characters it is shown whole"
        yield Advice("url_slug", f"it has {len(draft.url_slug)} characters", why)
    last = draft.url_slug.rstrip("/").rpartition("/")[2]
    empty = [word for word in last.split("-") if word in STOPWORDS]
    if empty:
        shorter = slug_of("-".join(word for word in last.split("-") if word not in STOPWORDS))
        why = f"'{shorter}' says the same" if shorter else "Use words that name the topic"
        yield Advice("url_slug", f"it has words that say nothing: {', '.join(empty)}", why)


def _on_indexing(draft: EntryDraft) -> Iterator[Advice]:
    rules = {each.lower().rpartition(":")[2].strip() for each in draft.crawl_directives}
    if draft.status in OUT and draft.artifact_type in PAGES and ({"noindex", "none"} & rules):
        yield Advice("crawl_directives", "the page is out and keeps search engines off", "Take 'noindex' away")
    if draft.status in OUT and draft.index_status == "noindex":
        yield Advice("index_status", "the page is out and kept from the index", "Take its 'noindex' away")
    if opposed := next((pair for pair in _OPPOSED if pair <= rules), None):
        said = " and ".join(sorted(opposed))
        yield Advice("crawl_directives", f"{said} contradict each other", "Search engines take the stricter one")
    if draft.canonical_url and draft.url_slug and not _leads_to(draft.canonical_url, draft.url_slug):
        why = "Search engines then show the other page instead of this one"
        yield Advice("canonical_url", f"it points elsewhere than to '{draft.url_slug}'", why)


def _on_images(draft: EntryDraft) -> Iterator[Advice]:
    blank = sum(not text.strip() for text in draft.image_alt_texts)
    if blank:
        why = "Say what each shows, for people who cannot see it and for image search"
        yield Advice("image_alt_texts", f"{blank} of {len(draft.image_alt_texts)} images have none", why)


def _on_vitals(draft: EntryDraft) -> Iterator[Advice]:
    for name, target in draft.core_web_vitals.items():
        unit, _, good = VITALS.get(name, ("", 0.0, ""))
        if good and target > float(good):
            why = f"'Good' ends at {good} {unit}".rstrip()
            yield Advice("core_web_vitals", f"the target for {name} is {target:g} {unit}".rstrip(), why)


def _on_results(draft: EntryDraft) -> Iterator[Advice]:
    if draft.funnel_stage == "bofu" and not draft.conversion_event:
        yield Advice("conversion_event", "none is named, though it is meant to convert", "Name what a success is")
    if draft.primary_kpi and draft.kpi_target is None:
        yield Advice("kpi_target", f"there is none for {draft.primary_kpi}", "Without one nobody can say if it worked")


def _on_utm(draft: EntryDraft) -> Iterator[Advice]:
    channels = (draft.channel, *draft.channels, *(plan.channel for plan in draft.plans))
    tagged = next((channel for channel in channels if channel in TAGGED), None)
    missing = [name for name in UTM if not getattr(draft, name)]
    if tagged and missing:
        why = f"Visits from {tagged.replace('_', ' ')} are credited to nothing without: {', '.join(missing)}"
        yield Advice(missing[0], "it is missing", why)
    for name in (*UTM, "utm_content", "utm_term"):
        value = getattr(draft, name)
        if value and (value != value.lower() or " " in value):
            yield Advice(name, f"'{value}' has capitals or spaces", "Analytics counts each way of writing by itself")


def _on_dates(draft: EntryDraft, now: datetime | None) -> Iterator[Advice]:
    if now is not None and draft.status == "scheduled" and draft.publish_at is not None and draft.publish_at < now:
        yield Advice("publish_at", "it has passed, and the entry is only scheduled", "Move it on, or give another date")


def _leads_to(canonical: str, slug: str) -> bool:
    return f"/{normal_path(canonical)}".endswith(f"/{normal_path(slug)}")


def _stems(text: str) -> set[str]:
    """The words that say something, without the s of a plural."""
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words_of(text)}
