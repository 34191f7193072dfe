"""``refleqt suggest``: what to publish next, with reasons and evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .groups import GET, WithDefault
from .output import AsJson, print_json, print_page
from .session import At, session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.outputs.records import RecommendationOutcome

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="What to publish next, with reasons and evidence.")
SUGGESTION = "calendar_suggestion"
COLORS = {"accepted": "green", "modified": "green", "rejected": "dim", "ignored": "dim"}
GivenId = Annotated[str, typer.Argument(metavar="ID", help="The suggestion's id, or a part of it.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="suggest", rich_help_panel=GET)


@group.command("generate")
def generate(
    ctx: typer.Context,
    count: Annotated[int, typer.Option(min=1, max=20, help="How many at most.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Suggest what to publish in the coming weeks; nothing that was shown lately comes again."""
    with session(ctx).at_business() as at:
        shown = at.container.suggestions().suggest(at.id, count=count)
        zone = at.business.time_zone
    if as_json:
        print_json(shown)
        return
    from .tables import hint

    print_page(*(_card(each, zone) for each in shown))
    done = "Plan one with: refleqt suggest accept ID" if shown else "Nothing that was not suggested lately is worth it."
    print_page(hint(done))


@group.command("list")
def list_suggestions(
    ctx: typer.Context,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that nothing was done with.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List what was suggested, the newest first, and what came of it."""
    with session(ctx).at_business() as at:
        found = [each for each in _suggestions(at) if not (open_only and each.user_action)][:limit]
        zone = at.business.time_zone
    if as_json:
        print_json(found)
        return
    from .tables import hint

    print_page(_table(found, zone) if found else hint("Nothing is suggested yet: refleqt suggest generate"))


@group.command("show")
def show(ctx: typer.Context, id: GivenId, as_json: AsJson = False) -> None:
    """Show a suggestion with its reasons, evidence and outline."""
    with session(ctx).at_business() as at:
        found, zone = _the_suggestion(at, id), at.business.time_zone
    print_json(found) if as_json else print_page(_card(found, zone))


@group.command("accept")
def accept(
    ctx: typer.Context,
    id: GivenId,
    title: Annotated[str | None, typer.Option(help="Another title.")] = None,
    publish_at: Annotated[str | None, typer.Option("--at", metavar="MOMENT", help="Another publication.")] = None,
    target: Annotated[float | None, typer.Option(min=0, help="Another target.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan a suggestion on the calendar, as it is or with changes."""
    from .words import read_moment

    with session(ctx).at_business() as at:
        moment = read_moment(publish_at, "--at", at.business.time_zone).isoformat() if publish_at else None
        given = {"title": title, "publish_at": moment, "kpi_target": target}
        _act(at, id, {name: value for name, value in given.items() if value is not None}, as_json)


@group.command("reject")
def reject(ctx: typer.Context, id: GivenId, as_json: AsJson = False) -> None:
    """Say no to a suggestion, which is a lesson too."""
    with session(ctx).at_business() as at:
        found = at.container.suggestions().act(at.id, _the_suggestion(at, id).id, "rejected")
        _told(found, "is rejected", as_json)


def _act(at: At, given: str, changes: Mapping[str, Any], as_json: bool) -> None:
    service, id = at.container.suggestions(), _the_suggestion(at, given).id
    found = service.act(at.id, id, "modified" if changes else "accepted", changes=changes or None)
    _told(found, "is planned; see it with: refleqt calendar", as_json)


def _told(found: "RecommendationOutcome", what: str, as_json: bool) -> None:
    from .tables import hint

    if as_json:
        print_json(found)
    else:
        print_page(hint(f"“{found.recommendation_content['title']}” {what}."))


def _suggestions(at: At) -> "list[RecommendationOutcome]":
    from refleqt_core.outputs.records import RecommendationOutcome
    from refleqt_core.ports import where

    with at.container.store().business(at.id) as tx:
        found = tx.find(RecommendationOutcome, *where(recommendation_type=SUGGESTION), order="-recommended_at")
    return sorted(found, key=lambda each: (-each.recommended_at.timestamp(), each.position))


def _the_suggestion(at: At, given: str) -> "RecommendationOutcome":
    from .ids import the_one

    return the_one(_suggestions(at), given, "suggestion")


def _table(found: "Sequence[RecommendationOutcome]", zone: str) -> "Rows":
    from rich.text import Text

    from .ids import short
    from .tables import row, table
    from .words import moment, percent, spoken

    made = table("id", "*suggestion", "?channel", "publication", ">chance", "action", ">?outcome")
    for each in found:
        content = each.recommendation_content
        action = Text(each.user_action or "open", style=COLORS.get(each.user_action or "", "yellow"))
        publication = moment(datetime.fromisoformat(content["publish_at"]), zone)
        told = spoken(content["channel"]), publication, percent(content["success_chance"]), action
        row(made, short(each.id), content["title"], *told, percent(each.outcome))
    return made


def _card(each: "RecommendationOutcome", zone: str) -> "RenderableType":
    from .ids import short
    from .tables import bullets, facts, panel

    content = each.recommendation_content
    pairs: list[tuple[str, object]] = [
        ("why now", content["why_now"]),
        ("what", _what(content)),
        ("when", _when(content, zone)),
        ("chance", _chance(content)),
        ("worth", _worth(content)),
        ("keyword", content.get("keyword")),
        ("evidence", bullets(content["evidence"])),
        ("outline", bullets(content["outline"])),
    ]
    state = f"{each.user_action} · {short(each.id)}" if each.user_action else short(each.id)
    return panel(facts(pairs), f"{each.position + 1} · {content['title']}", state)


def _what(content: Mapping[str, Any]) -> str:
    from .words import spoken

    kind, channel = spoken(content["artifact_type"]), spoken(content["channel"])
    return f"{kind} on {channel} for {content['segment_name']}, by {spoken(content['angle'])}"


def _when(content: Mapping[str, Any], zone: str) -> str:
    from zoneinfo import ZoneInfo

    at = datetime.fromisoformat(content["publish_at"]).astimezone(ZoneInfo(zone))
    return f"{at:%A %-d %B %Y, %H:%M} ({zone})"


def _chance(content: Mapping[str, Any]) -> "RenderableType":
    from rich.text import Text

    from .marks import share_bar
    from .words import number, percent, spoken

    chance, usual = percent(content["success_chance"]), percent(content["baseline"])
    aim = f"{number(content['kpi_target'])} {spoken(content['primary_kpi'])}"
    return share_bar(content["success_chance"], 20) + Text(f" {chance} to reach {aim}; usual {usual}")


def _worth(content: Mapping[str, Any]) -> str:
    from refleqt_core.values import Money

    minor = content["expected_value_minor"]
    if minor is None:
        return "not known before conversions are credited: refleqt attribution run"
    return f"{Money(minor=minor, currency=content['currency'])} expected"
