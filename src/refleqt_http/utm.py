"""Tagged links."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from refleqt_core.errors import NotFound
from refleqt_core.intake.calendar import CHANNELS, UtmTemplate
from refleqt_core.intake.utm import MERGES, Utm, build, read
from refleqt_core.intake.utm_remarks import group_of, link_remarks, value_remarks
from refleqt_core.intake.utm_service import ReadLink, TaggedLink

from .auth import READERS, Caller
from .bodies import NO_NUL, Flag, Identity, Input, Name, OneOf, Output, Text
from .endpoints import Resource

resource = Resource("utm", "Links with UTM parameters: how they are made, and whose a link is.")

Url = Annotated[str, StringConstraints(min_length=1, max_length=4_000), Field(json_schema_extra=NO_NUL)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=500), Field(json_schema_extra=NO_NUL)]
Channel = Annotated[str, OneOf(CHANNELS)]
Merge = Annotated[str, OneOf(tuple(MERGES))]
MERGE_RULES = "; ".join(f"{rule}: {what}" for rule, what in MERGES.items())


class UtmBody(Input):
    """Parameters of a link, plain or encoded."""

    utm_source: Text | None = None
    utm_medium: Text | None = None
    utm_campaign: Text | None = None
    utm_content: Text | None = None
    utm_term: Text | None = None
    utm_id: Text | None = None


class BuildBody(UtmBody):
    """An address, and what it is to carry."""

    url: Url
    merge: Merge = Field(default="replace", description=MERGE_RULES)
    lower: Flag = Field(default=True, description="values in small letters")
    space: Annotated[str, OneOf(("-", "_", " "))] = Field(default="-", description="what stands for a space")


class LinkBody(Input):
    """An entry whose link is wanted."""

    entry_id: Identity
    url: Url | None = Field(default=None, description="where it leads; else where the entry is published")
    template: Name | None = Field(default=None, description="a template by its name, before what the entry has")
    channel: Channel | None = Field(default=None, description="the channel it goes out on; else the entry's")
    merge: Merge = Field(default="replace", description=MERGE_RULES)
    keep: Flag = Field(default=False, description="store the parameters on the entry")


class ReadQuery(Input):
    """A link that somebody has."""

    url: Url


class TemplateBody(Input):
    """Patterns of the parameters, with places such as {channel}, {campaign}, {segment?}, {date:%Y-%m}."""

    name: Name
    channel: Channel | None = Field(default=None, description="the channel that it is the default of")
    utm_source: Pattern
    utm_medium: Pattern
    utm_campaign: Pattern | None = None
    utm_content: Pattern | None = None
    utm_term: Pattern | None = None


class UtmOut(Output):
    """The parameters of a link, decoded."""

    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    utm_content: str | None
    utm_term: str | None
    utm_id: str | None


class RemarkOut(Output):
    """What is doubtful about a field of the link, and why."""

    field: str
    what: str
    why: str


class BuiltOut(Output):
    """The tagged address, what it carries, and the default channel group that Google Analytics 4 counts it in."""

    url: str
    utm: UtmOut
    group: str
    remarks: list[RemarkOut]


class LinkOut(BuiltOut):
    """The tagged link of an entry. ``is_kept`` says whether the entry has its parameters stored."""

    external_id: str
    template: str | None
    is_kept: bool


class FoundEntryOut(Output):
    """The entry that a link belongs to."""

    id: UUID
    external_id: str
    title: str


class ReadOut(Output):
    """What a link carries, and the entry it belongs to; ``entries`` are all that have these very parameters."""

    utm: UtmOut
    group: str
    entry: FoundEntryOut | None
    matched_by: str | None
    entries: list[str]
    remarks: list[RemarkOut]


class TemplateOut(Output):
    """How the parameters of links are made."""

    id: UUID
    name: str
    channel: str | None
    utm_source: str
    utm_medium: str
    utm_campaign: str
    utm_content: str | None
    utm_term: str | None


class TemplatesOut(Output):
    """All templates by name."""

    items: list[TemplateOut]


@resource.post("/v1/utm/build", gives=BuiltOut, roles=READERS)
def build_link(_caller: Caller, body: BuildBody) -> dict[str, object]:
    """The address with the parameters; nothing is stored.

    All else that the address carries stays as it stands.
    """
    given = Utm.of({name: getattr(body, name) for name in UtmBody.model_fields})
    url = build(body.url, given, merge=body.merge, lower=body.lower, space=body.space)  # type: ignore[arg-type]
    utm = read(url)
    return {
        "url": url,
        "utm": utm,
        "group": group_of(utm),
        "remarks": [each._asdict() for each in (*link_remarks(url), *value_remarks(utm))],
    }


@resource.post("/v1/utm/links", gives=LinkOut, raises=[NotFound])
def link_entry(caller: Caller, body: LinkBody) -> TaggedLink:
    """The tagged link of an entry, by its own parameters and a template for those that it lacks."""
    return caller.refleqt.utm().link(
        caller.business_id,
        body.entry_id,
        url=body.url,
        template=body.template,
        channel=body.channel,
        merge=body.merge,  # type: ignore[arg-type]  # one of the rules, as the body's type says
        keep=body.keep,
        by=caller.name,
    )


@resource.get("/v1/utm/read", gives=ReadOut)
def read_link(caller: Caller, query: ReadQuery) -> ReadLink:
    """What a link carries, what is wrong with that, and which entry it belongs to."""
    return caller.refleqt.utm().read(caller.business_id, query.url)


@resource.get("/v1/utm/templates", gives=TemplatesOut)
def list_utm_templates(caller: Caller) -> dict[str, list[UtmTemplate]]:
    """All templates by name."""
    return {"items": caller.refleqt.utm().templates(caller.business_id)}


@resource.post("/v1/utm/templates", gives=TemplateOut)
def save_utm_template(caller: Caller, body: TemplateBody) -> UtmTemplate:
    """The template is kept; one of that name is changed. A channel has one default."""
    patterns = body.model_dump(exclude={"name", "channel"})
    return caller.refleqt.utm().save_template(caller.business_id, body.name, patterns, channel=body.channel)


@resource.delete("/v1/utm/templates/{template_id}", gives=TemplateOut, raises=[NotFound])
def remove_utm_template(caller: Caller, template_id: Identity) -> UtmTemplate:
    """The template is gone, and given back once more; links that it made stay as they are."""
    return caller.refleqt.utm().remove_template(caller.business_id, template_id)
