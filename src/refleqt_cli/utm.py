"""``refleqt utm``: tagged links, and whose link a pasted one is."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GIVE, WithDefault
from .output import AsJson, print_json, print_page, say
from .session import At, session

if TYPE_CHECKING:
    from refleqt_core.intake.calendar import CalendarEntry, UtmTemplate
    from refleqt_core.intake.entry_advice import Advice
    from refleqt_core.intake.utm import Merge

    from .tables import Rows

group = typer.Typer(help="Tagged links: make them, read them, keep how they are made.", no_args_is_help=True)
templates = typer.Typer(cls=WithDefault, help="How the parameters of links are made.")
group.add_typer(templates, name="templates")

Url = Annotated[str, typer.Argument(metavar="URL", help="The address; with or without https://.")]
MergeRule = Annotated[
    str,
    typer.Option(
        "--merge", metavar="RULE", help="What the address carries: replace it, fill what it lacks, or keep it as it is."
    ),
]
Channel = Annotated[str | None, typer.Option(help="The channel that the link goes out on.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="utm", rich_help_panel=GIVE)


@group.command("link")
def link(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ENTRY", help="The entry, by its name in your files or its id.")],
    url: Annotated[str | None, typer.Option(help="Where it leads; else where the entry is published.")] = None,
    template: Annotated[str | None, typer.Option(help="A template by its name, before what the entry has.")] = None,
    channel: Channel = None,
    merge: MergeRule = "replace",
    store: Annotated[bool, typer.Option("--store", help="Keep the parameters on the entry.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the tagged link of an entry, alone on stdout."""
    rule = _merge(merge)
    with session(ctx).at_business() as at:
        entry = _entry(at, id)
        made = at.container.utm().link(
            at.id, entry.id, url=url, template=template, channel=channel, merge=rule, keep=store, by="refleqt utm"
        )
    if as_json:
        print_json(made)
        return
    _print_link(made.url, made.remarks)
    say(f"Google Analytics 4 counts its visits as: {made.group}")
    if not made.is_kept:
        say(
            f"Keep these parameters on the entry, so that results find it: refleqt utm link {entry.external_id} --store"
        )


@group.command("build")
def build(
    url: Url,
    source: Annotated[str | None, typer.Option(help="Who sends the visit, such as newsletter.")] = None,
    medium: Annotated[str | None, typer.Option(help="The kind of link, such as email or cpc.")] = None,
    campaign: Annotated[str | None, typer.Option(help="What it is part of.")] = None,
    content: Annotated[str | None, typer.Option(help="Which link or artifact it is.")] = None,
    term: Annotated[str | None, typer.Option(help="The paid keyword.")] = None,
    utm_id: Annotated[str | None, typer.Option("--id", help="The campaign's id in the ad platform.")] = None,
    merge: MergeRule = "replace",
    space: Annotated[str, typer.Option(help="What stands for a space: - or _, or a space that is encoded.")] = "-",
    keep_case: Annotated[bool, typer.Option("--keep-case", help="Leave capitals as they are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tag any address; needs no business and no database."""
    from refleqt_core.intake.utm import Utm, read
    from refleqt_core.intake.utm import build as tagged
    from refleqt_core.intake.utm_remarks import group_of, link_remarks, value_remarks

    names = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
    given = Utm.of(dict(zip(names, (source, medium, campaign, content, term, utm_id), strict=True)))
    made = tagged(url, given, merge=_merge(merge), lower=not keep_case, space=_space(space))
    utm = read(made)
    remarks = (*link_remarks(made), *value_remarks(utm))
    if as_json:
        print_json({"url": made, "utm": utm, "group": group_of(utm), "remarks": remarks})
    else:
        _print_link(made, remarks)


@group.command("read")
def read(ctx: typer.Context, url: Url, as_json: AsJson = False) -> None:
    """Say what a link's parameters are, what is wrong with them, and which entry it belongs to."""
    with session(ctx).at_business() as at:
        found = at.container.utm().read(at.id, url)
    if as_json:
        print_json(found)
        return
    from .tables import facts

    entry = found.entry
    pairs = [
        *found.utm.given.items(),
        ("counted as", found.group),
        ("belongs to", f"{entry.external_id} · {entry.title} (by its {found.matched_by})" if entry else "no entry"),
    ]
    print_page(facts(pairs))
    _tell(found.remarks)


@templates.command("list")
def list_templates(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the templates, and what is used on channels that have none."""
    with session(ctx).at_business() as at:
        found = at.container.utm().templates(at.id)
    if as_json:
        print_json(found)
    else:
        _print_templates(found)


@templates.command("add")
def add_template(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    source: Annotated[str, typer.Option(metavar="PATTERN", help="Such as newsletter, or {channel}.")],
    medium: Annotated[str, typer.Option(metavar="PATTERN", help="Such as email.")],
    campaign: Annotated[
        str, typer.Option(metavar="PATTERN", help="With ? what is missing is left out.")
    ] = "{campaign?}",
    content: Annotated[str, typer.Option(metavar="PATTERN", help="Best unique.")] = "{external_id}",
    term: Annotated[str | None, typer.Option(metavar="PATTERN", help="Such as {keyword?}.")] = None,
    channel: Annotated[str | None, typer.Option(help="The channel that it is the default of.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a template; one of that name is changed. Places: {channel} {campaign} {segment} {date:%Y-%m} and others."""
    patterns = {
        "utm_source": source,
        "utm_medium": medium,
        "utm_campaign": campaign,
        "utm_content": content,
        "utm_term": term,
    }
    with session(ctx).at_business() as at:
        kept = at.container.utm().save_template(at.id, name, patterns, channel=channel)
    if as_json:
        print_json(kept)
    else:
        print_page(_templates([kept]))


@templates.command("remove")
def remove_template(ctx: typer.Context, name: Annotated[str, typer.Argument(help="What it is called.")]) -> None:
    """Remove a template; links that it made stay as they are."""
    with session(ctx).at_business() as at:
        at.container.utm().remove_template(at.id, name)
    say(f"There is no template '{name}' any more.")


def _merge(rule: str) -> "Merge":
    from refleqt_core.errors import InvalidInput
    from refleqt_core.intake.utm import MERGES

    for known in MERGES:
        if known == rule:
            return known
    raise InvalidInput(f"--merge: '{rule}' is no rule; there are: {', '.join(MERGES)}")


def _space(sign: str) -> str:
    from refleqt_core.errors import InvalidInput

    if sign not in ("-", "_", " "):
        raise InvalidInput(f"--space: '{sign}' cannot stand for a space; use '-', '_' or ' '")
    return sign


def _entry(at: At, given: str) -> "CalendarEntry":
    from .ids import the_one

    return the_one(at.container.calendar().find(at.id), given, "calendar entry", name_of=lambda each: each.external_id)


def _print_link(url: str, remarks: "Sequence[Advice]") -> None:
    """The link stands alone on a line of stdout, unbroken however long it is, to be copied or piped."""
    sys.stdout.write(f"{url}\n")
    _tell(remarks)


def _tell(remarks: "Sequence[Advice]") -> None:
    for remark in remarks:
        say(f"{remark.field}: {remark.what}. {remark.why}.")


def _print_templates(found: "Sequence[UtmTemplate]") -> None:
    from refleqt_core.intake.utm_patterns import BUILT_IN

    from .tables import headed, hint

    own = {each.channel for each in found}
    none = hint("None is kept. Add one: refleqt utm templates add NAME --source {channel} --medium social")
    print_page(_templates(found) if found else none)
    rest = [channel for channel in BUILT_IN if channel not in own]
    print_page(headed("Built in, for channels without one", _built_in(rest)))


def _templates(found: "Sequence[UtmTemplate]") -> "Rows":
    from .tables import row, table

    made = table("name", "default of", "*source", "*medium", "*campaign", "*?content", "*?term")
    for each in found:
        patterns = (each.utm_source, each.utm_medium, each.utm_campaign, each.utm_content, each.utm_term)
        row(made, each.name, each.channel or "–", *(pattern or "–" for pattern in patterns))
    return made


def _built_in(channels: "Iterable[str]") -> "Rows":
    from refleqt_core.intake.utm_patterns import built_in

    from .tables import row, table

    names = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
    made = table("channel", "*source", "*medium", "*campaign", "*?content")
    for channel in channels:
        row(made, channel, *(built_in(channel).parameters[name] for name in names))
    return made
