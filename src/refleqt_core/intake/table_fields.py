"""The fields that the columns of a calendar's table can hold, and what other tools name those columns."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

import attrs

from .calendar import CHANNELS
from .choice_words import plain, words_of

Kind: TypeAlias = Literal[
    "key", "text", "post", "choice", "choices", "names", "moment", "clock", "day", "count", "number", "money",
    "currency", "flag", "url", "slug", "vitals", "parameter", "zone",
]  # fmt: skip


@attrs.frozen
class TableField:
    """A field, what kind of cell says it, and the names that its column has elsewhere, the most usual first.

    Names in ``weak`` mean it only if nothing else does: other columns have them as well.
    """

    name: str
    kind: Kind
    names: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


def _field(name: str, kind: Kind, names: str = "", weak: str = "") -> TableField:
    return TableField(name, kind, _parted(names), _parted(weak))


def _parted(names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain(name) for name in names.split(",") if name.strip()))


_CORE = (
    _field(
        "external_id",
        "key",
        "id, record id, page id, post id, content id, task id, item id, entry id, asset id, email id, message id, uuid,"
        " guid, unique id, notion id, airtable id, row id, key, page url, record url, notion url, task url",
        "campaign id, no, nr, number, ref, reference",
    ),
    _field(
        "title",
        "text",
        "name, headline, post title, blog title, content title, working title, topic, content name, email name,"
        " task name, page title, task, post name, asset name, article title, content topic, event, blog post title,"
        " titel, titre, título, onderwerp, thema, überschrift, arbeitstitel, kop",
        "subject, content, campaign name, item, idea, description, message, event name",
    ),
    _field("post_text", "post", "text, post text, post copy, message text, caption, post content, social copy, body"),
    _field(
        "artifact_type",
        "choice",
        "type, content type, asset type, format, content format, type of content, post type, media type, activity type,"
        " marketing type, typ, inhaltstyp, type de contenu, tipo, soort,"
        " formato, contenttype, tipo de contenido",
        "category, kind, medium",
    ),
    _field(
        "status",
        "choice",
        "state, stage, content status, progress, workflow, workflow status, publish status, task status,"
        " workflow stage, email status, post status, campaign status, estado, statut, zustand, stand, état",
        "column, list, done",
    ),
    _field(
        "owner",
        "text",
        "author, assignee, assigned to, assign, content owner, writer, responsible, created by, campaign owner, person,"
        " task owner, post author, blog author, lead, verantwortlich, verantwortliche, verantwortlicher,"
        " verantwortliche person, zuständig, bearbeiter, bearbeiterin, autor, autorin, auteur, responsable, rédacteur,"
        " redacteur, verantwoordelijke, propietario, eigenaar",
        "editor, user",
    ),
    _field("team", "names", "team members, collaborators, contributors, people, assignees, members, reviewers"),
    _field("tags", "names", "tag, labels, label, topics, topic tags, color label, etiketten, schlagwörter,"
           " schlagworte, étiquettes, etiquetas", "category"),
    _field("notes", "text", "note, comments, remarks, details, brief, notizen, bemerkungen, anmerkungen,"
           " remarques, notas, opmerkingen, content brief, campaign notes",
           "description, summary, comment, campaign goal"),
    _field(
        "publish_at",
        "moment",
        "publish date, publication date, published date, publishing date, date, go live date, live date, post date,"
        " scheduled date, schedule date, send date, posting date, posting time, scheduled at, published at,"
        " launch date, publish on, scheduled time, publish time, date published, publish date and time,"
        " scheduled for, start date, release date, date and time, campaign start date,"
        " datum, veröffentlichung, veröffentlichungsdatum,"
        " date de publication, fecha, fecha de publicación, publicatiedatum,"
        " veröffentlichen am, publikationsdatum, erscheinungsdatum, date de parution, plaatsingsdatum",
        "due date, due, deadline, start, when, sent at, day, end date, event date, start time",
    ),
    _field("publish_time", "clock", "time, time of day, post time, uhrzeit, heure, hora, tijd", "hour"),
    _field("time_zone", "zone", "timezone, tz"),
    _field("created_at", "moment", "created, created time, created date, date created, create date, created on"),
    _field("campaign", "text", "campaigns, campaign title, project, initiative, kampagne, kampagnenname, campagne,"
           " campaña",
           "campaign name, theme, series"),
    _field("funnel_stage", "choice", "funnel, buyer stage, buyer s journey, buyers journey, buyer journey stage,"
           " journey stage, customer journey, lifecycle stage, sales funnel stage, marketing funnel", "stage"),
    _field("icp_segment", "text", "segment, icp, audience segment, audience, target audience, target segment",
           "target, zielgruppe"),
    _field("buyer_persona", "text", "persona, personas, target persona, buyer personas"),
    _field("angle", "choice", "message angle, content angle, hook type", "pillar, content pillar"),
    _field("strategic_intent", "text", "intent, goal, objective, purpose, content goal, marketing goal, strategy, aim"),
    _field("competitive_context", "text", "competition, competitors, competitor notes"),
)  # fmt: skip
_SEARCH = (
    _field("primary_keyword", "text", "keyword, target keyword, focus keyword, main keyword, seo keyword,"
           " focus keyphrase, hauptkeyword, fokus keyword, suchbegriff, mot clé, mot clé principal, palabra clave,"
           " zoekwoord, hoofdzoekwoord"),
    _field("secondary_keywords", "names", "keywords, other keywords, additional keywords, related keywords,"
           " seo keywords"),
    _field("search_intent", "choice", "keyword intent, user intent", "intent"),
    _field("keyword_difficulty", "count", "kd, difficulty, seo difficulty, keyword schwierigkeit"),
    _field("search_volume", "count", "volume, msv, monthly search volume, search vol, avg monthly searches,"
           " suchvolumen, volume de recherche, volumen de búsqueda, zoekvolume"),
    _field("ranking_position", "count", "ranking, rank, position, current ranking, current position"),
    _field("serp_features", "names", "serp"),
    _field("internal_link_targets", "names", "internal links, internal link"),
    _field("featured_snippet", "flag", "snippet, featured snippet target"),
    _field("url_slug", "slug", "slug, permalink slug, url path"),
    _field("meta_title", "text", "seo title, title tag, html title, page title tag"),
    _field("meta_description", "text", "seo description, meta desc, metabeschreibung, meta beschreibung"),
    _field("header_structure", "names", "headers, headings, outline"),
    _field("schema_markup", "text", "schema, structured data"),
    _field("canonical_url", "url", "url, link, post url, live url, published url, permalink, canonical, blog url,"
           " content url, live link, published link, link to post, website url", "address"),
    _field("index_status", "text", "indexed, index"),
    _field("core_web_vitals", "vitals", "web vitals, cwv"),
    _field("mobile_rendering", "text", "mobile, mobile rendering status"),
    _field("image_alt_texts", "names", "alt text, alt texts, image alt text, image alt"),
    _field("anchor_texts", "names", "anchor text, anchors"),
    _field("crawl_directives", "names", "robots, meta robots"),
)  # fmt: skip
_RESULTS = (
    _field("channel", "choice", "platform, network, social network, distribution channel, marketing channel, profile,"
           " account, social profile, channel name, kanal, canal, kanaal, plattform", "source, outlet"),
    _field("channels", "choices", "platforms, networks, distribution channels, profiles, accounts, social profiles,"
           " distribution, kanäle, marketing channels, social channels, canaux, canales, kanalen"),
    _field("paid_budget", "money", "budget, ad budget, ad spend, spend, promotion budget, paid promotion budget,"
           " werbebudget, mediabudget, presupuesto,"
           " campaign budget, campaign budget total, media budget"),
    _field("production_cost", "money", "cost, production budget, costs, kosten, content cost,"
           " produktionskosten, coût, coûts", "price, fee"),
    _field("currency", "currency", "währung, devise, currency code"),
    _field("primary_kpi", "choice", "kpi, main kpi, success metric, goal metric, key metric", "metric"),
    _field("kpi_target", "number", "target, kpi goal, target value, goal value"),
    _field("secondary_kpis", "choices", "other kpis, kpis, secondary metrics"),
    _field("utm_source", "text"),
    _field("utm_medium", "text"),
    _field("utm_campaign", "text", "utm", "campaign utm"),
    _field("utm_content", "text"),
    _field("utm_term", "text"),
    _field("attribution_model", "choice", "attribution"),
    _field("conversion_event", "text", "conversion, goal event, conversion goal, cta, call to action"),
    _field("review_due", "day", "review date, review on, review by, 30 day review, 30 day review date"),
    _field("lifetime_value_tag", "text", "ltv tag, ltv, lifetime value"),
)  # fmt: skip

FIELDS: Mapping[str, TableField] = {field.name: field for field in (*_CORE, *_SEARCH, *_RESULTS)}
"""Every field by its name. All but ``post_text``, ``publish_time``, ``time_zone`` and ``currency`` are of an entry."""

ASIDE = frozenset({"post_text", "publish_time", "time_zone", "currency"})
"""Fields that only say how others are meant."""

PLAN_PARTS: Mapping[str, Kind] = {"posting_schedule": "names", "paid_budget": "money", "repurposing_plan": "text"}
"""The parts of a plan that are no parameters of the platform."""

_PARAMETERS = frozenset(
    (
        *("hook", "hooks", "format", "formats", "segment", "segments", "hashtags", "caption", "subject", "copy"),
        *("text", "subject_line", "audience", "preheader", "cta", "budget", "schedule", "posting_time", *PLAN_PARTS),
    )
)
_SHORT = {"budget": "paid_budget", "schedule": "posting_schedule", "posting_time": "posting_schedule"}


def table_field(name: str) -> TableField | None:
    """The field of that name; ``linkedin.hook`` is a parameter of the plan for a channel; None: there is no such."""
    channel, dot, part = name.partition(".")
    if dot and channel in CHANNELS and part:
        return TableField(name, PLAN_PARTS.get(part, "parameter"))
    return FIELDS.get(name)


@lru_cache(maxsize=10_000)
def plan_field(column: str) -> str | None:
    """The part of a plan that a column named like ``LinkedIn hook`` or ``linkedin.hook`` holds, if it does."""
    channel, dot, part = column.strip().casefold().partition(".")
    if dot and channel in CHANNELS and part.isidentifier():
        return f"{channel}.{part}"
    words = plain(column).split()
    for size in (2, 1):
        told = words_of("channel").get(" ".join(words[:size]))
        rest = "_".join(words[size:])
        if told and rest in _PARAMETERS:
            return f"{told}.{_SHORT.get(rest, rest)}"
    return None
