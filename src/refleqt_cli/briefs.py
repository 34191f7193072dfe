"""``refleqt briefs``: what creators work from, with the certificate that it names nobody."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .groups import GET, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.outputs.records import CreatorBrief

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="What creators work from, anonymous and certified.")


READ_FIRST = (
    "artifact_type",
    "channel",
    "specialization",
    "audience_description",
    "key_messages",
    "tone_guidelines",
    "what_to_avoid",
    "structure",
    "seo",
    "technical",
    "reference_material",
    "success_looks_like",
    "statement",
    "passed",
    "k",
    "strings_checked",
    "checked_at",
)
"""Fields of documents and certificates in the order in which people want them; any others follow."""


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="briefs", rich_help_panel=GET)


@group.command("write")
def write(
    ctx: typer.Context,
    map_id: Annotated[str, typer.Argument(metavar="MAP_ID", help="The map's id, or a part of it.")],
    premium: Annotated[bool, typer.Option("--premium", help="Three creators are asked, and a person reviews.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the brief of every artifact of a map; those that are written already stay."""
    from .maps import the_map
    from .tables import hint

    with session(ctx).at_business() as at:
        artifacts = at.container.maps().artifacts(at.id, the_map(at, map_id).id)
        written = [at.container.briefs().write(at.id, each.id, premium=premium) for each in artifacts]
    if as_json:
        print_json(written)
    else:
        print_page(_table(written), hint("Offer one to creators: refleqt creators offer ID"))


@group.command("list")
def list_briefs(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the briefs, the newest first."""
    from .tables import hint

    with session(ctx).at_business() as at:
        found = at.container.briefs().briefs(at.id)
    if as_json:
        print_json(found)
    else:
        print_page(_table(found) if found else hint("There is no brief yet: refleqt briefs write MAP_ID"))


@group.command("show")
def show(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="The brief's id, or a part of it.")],
    as_json: AsJson = False,
) -> None:
    """Show a brief as a creator sees it, and its certificate."""
    with session(ctx).at_business() as at:
        brief = the_brief(at, id)
    print_json(brief) if as_json else print_page(*_page(brief))


def the_brief(at: At, given: str) -> "CreatorBrief":
    """The brief of that id, or a part of it."""
    from .ids import the_one

    return the_one(at.container.briefs().briefs(at.id), given, "brief")


def document_lines(document: Mapping[str, Any]) -> "list[tuple[str, object]]":
    """The fields of an anonymous document, for `tables.facts`; what is empty is left out."""
    from .words import spoken

    names = [name for name in READ_FIRST if name in document]
    names += [name for name in document if name not in READ_FIRST]
    return [(spoken(name), _shown(document[name])) for name in names if document[name] not in (None, "", [])]


def _shown(value: Any) -> object:
    from .tables import bullets, facts
    from .words import spoken

    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return facts(document_lines(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return bullets(_lines(value))
    return spoken(value) if isinstance(value, str) and " " not in value else value


def _lines(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        yield ", ".join(f"{name}: {part}" for name, part in value.items()) if isinstance(value, Mapping) else str(value)


def _table(briefs: "Sequence[CreatorBrief]") -> "Rows":
    from .ids import short
    from .marks import tick
    from .tables import row, table
    from .words import day, spoken

    made = table("id", "*headline", "?type", "status", "anonymous", "?premium", "?written")
    for each in briefs:
        headline = each.document.get("headline") or spoken(each.artifact_type)
        certified, premium = tick(bool(each.certificate.get("passed"))), "premium" if each.premium else ""
        told = spoken(each.artifact_type), spoken(each.status), certified, premium, day(each.created_at)
        row(made, short(each.id), headline, *told)
    return made


def _page(brief: "CreatorBrief") -> "Iterator[RenderableType]":
    from .ids import short
    from .tables import facts, panel
    from .words import spoken

    document = {name: value for name, value in brief.document.items() if name != "headline"}
    title = brief.document.get("headline") or spoken(brief.artifact_type)
    yield panel(facts(document_lines(document)), title, short(brief.id))
    certificate = {name: value for name, value in brief.certificate.items() if not isinstance(value, Mapping)}
    yield panel(facts(document_lines(certificate)), "Certificate of anonymity", spoken(brief.status))
