"""``refleqt calendar campaigns`` and ``fields``: what entries belong to, and what can be said of them."""

from typing import Annotated

import typer

from .calendar import group
from .groups import WithDefault
from .output import AsJson, print_json, print_page
from .session import session

campaigns = typer.Typer(cls=WithDefault, help="Entries with one aim, and groups of campaigns.")


def register(_app: typer.Typer) -> None:
    """The calendar's group has the commands."""
    group.add_typer(campaigns, name="campaigns")
    group.command("fields")(fields)


@campaigns.command("list")
def list_campaigns(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List campaigns by group, each with its entries by status."""
    with session(ctx).at_business() as at:
        found = at.container.campaigns().list(at.id)
    if as_json:
        print_json(found)
        return
    from .tables import hint, row, table
    from .words import day, money, spoken

    made = table("?group", "*campaign", "*?goal", "?from", "?to", ">?budget", "?owner", "*entries")
    for view in found:
        each = view.campaign
        entries = ", ".join(f"{count} {spoken(status)}" for status, count in sorted(view.entries.items()))
        when = (day(each.starts_on), day(each.ends_on))
        row(
            made, each.group or "", each.name, each.goal, *when, money(each.budget), each.owner or "", entries or "none"
        )
    print_page(made if found else hint("There is none; an entry that names one makes it: --campaign NAME"))


@campaigns.command("save")
def save_campaign(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    goal: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    campaign_group: Annotated[str | None, typer.Option("--group", help="The larger undertaking.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who is responsible.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Its first day.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Its last day.")] = None,
    budget: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Such as '4500 EUR'.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a campaign, or change what the options say of it."""
    from refleqt_adapters.entry_forms import read_campaign

    said = {"goal": goal, "group": campaign_group, "owner": owner, "from": start, "to": end, "budget": budget}
    with session(ctx).at_business() as at:
        known = {view.campaign.name: view.campaign for view in at.container.campaigns().list(at.id)}
        saved = at.container.campaigns().save(at.id, read_campaign(name, said, known.get(name)))
    from .tables import facts
    from .words import day, money

    if as_json:
        print_json(saved)
        return
    pairs: list[tuple[str, object]] = [("campaign", saved.name), ("goal", saved.goal), ("group", saved.group)]
    pairs += [("owner", saved.owner), ("from", day(saved.starts_on)), ("to", day(saved.ends_on))]
    print_page(facts([*pairs, ("budget", money(saved.budget))]))


@campaigns.command("rename")
def rename_campaign(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name until now.")],
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="Its name from now on.")],
    as_json: AsJson = False,
) -> None:
    """Give a campaign another name; its entries stay in it."""
    with session(ctx).at_business() as at:
        renamed = at.container.campaigns().rename(at.id, name, new_name)
    if as_json:
        print_json(renamed)
    else:
        print_page(f"Campaign '{name}' is '{renamed.name}' now.")


@campaigns.command("remove")
def remove_campaign(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="One without entries.")]
) -> None:
    """Take a campaign away that has no entries."""
    with session(ctx).at_business() as at:
        at.container.campaigns().remove(at.id, name)
    print_page(f"Campaign '{name}' is gone.")


def fields(as_json: AsJson = False) -> None:
    """List every field of an entry by group: what it takes, and which values it may have."""
    from refleqt_core.intake.entry_fields import entry_fields

    found = list(entry_fields().values())
    if as_json:
        print_json(found)
        return
    from .tables import headed, hint, row, table

    for name in dict.fromkeys(each.group for each in found):
        made = table("field", "takes", "*values")
        for each in found:
            if each.group == name:
                takes = each.takes.replace("_", " or ")
                row(made, each.name, f"{takes}, several" if each.many else takes, ", ".join(each.allowed))
        print_page(headed(name, made))
    print_page(
        hint("Parts of a plan are set by channel: linkedin.hook=…, email.posting_schedule=…, blog.paid_budget=…")
    )
