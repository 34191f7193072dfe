"""``refleqt creators``: who makes artifacts, who is asked, and what they deliver."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GET, WithDefault
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from rich.console import RenderableType

    from refleqt_adapters.container import Container
    from refleqt_core.marketplace.records import BriefOffer, Creator, Delivery
    from refleqt_core.values import CreatorId

    from .tables import Rows

group = typer.Typer(cls=WithDefault, help="Who makes artifacts, who is asked, and what they deliver.")
GivenBrief = Annotated[str, typer.Argument(metavar="BRIEF_ID", help="The brief's id, or a part of it.")]
GivenCreator = Annotated[str, typer.Argument(metavar="CREATOR", help="The creator's name in your files, or the id.")]
GivenOffer = Annotated[str, typer.Argument(metavar="OFFER_ID", help="The offer's id, or a part of it.")]


def register(app: typer.Typer) -> None:
    """The app has the group."""
    app.add_typer(group, name="creators", rich_help_panel=GET)


@group.command("list")
def list_creators(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the creators of the marketplace, the best performing first."""
    from .tables import hint

    with session(ctx).open() as container:
        found = sorted(_creators(container), key=lambda each: (-each.performance_score, each.external_id))
    if as_json:
        print_json(found)
    else:
        print_page(_table(found) if found else hint("There is no creator yet: refleqt import creators.yaml"))


@group.command("matches")
def matches(
    ctx: typer.Context,
    brief_id: GivenBrief,
    count: Annotated[int, typer.Option(min=1, help="How many at most.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show who fits a brief best, and why."""
    from .briefs import the_brief
    from .tables import bullets, hint, row, table

    with session(ctx).at_business() as at:
        found = at.container.marketplace().matches(at.id, the_brief(at, brief_id).id, count)
    if as_json:
        print_json(found)
        return
    made = table(">rank", "creator", ">score", "*reasons")
    for rank, each in enumerate(found, 1):
        row(made, rank, each.creator.display_name, f"{each.score:.3f}", bullets(each.reasons))
    print_page(made if found else hint("Nobody can be asked for this brief."))


@group.command("offer")
def offer(ctx: typer.Context, brief_id: GivenBrief, as_json: AsJson = False) -> None:
    """Offer a brief to the best creator who was not asked yet."""
    from .briefs import the_brief

    with session(ctx).at_business() as at:
        made = at.container.marketplace().offer(at.id, the_brief(at, brief_id).id)
        names = {creator.id: creator.external_id for creator in _creators(at.container)}
    print_json(made) if as_json else print_page(_offers_table([made], names))


@group.command("offers")
def offers(
    ctx: typer.Context,
    creator: GivenCreator,
    status: Annotated[str | None, typer.Option(help="Only offers of that status.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what a creator was offered, the newest first."""
    from .tables import hint

    with session(ctx).open() as container:
        who = _the_creator(container, creator)
        found = container.marketplace().offers(_creator_id(who), status)
    if as_json:
        print_json(found)
    else:
        print_page(_offers_table(found, {who.id: who.external_id}) if found else hint("There is no such offer."))


@group.command("answer")
def answer(
    ctx: typer.Context,
    creator: GivenCreator,
    offer_id: GivenOffer,
    accept: Annotated[bool, typer.Option("--accept/--decline", help="What the creator says.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Accept or decline an offer in a creator's name; an acceptance holds the money, a refusal asks the next one."""
    from .ids import the_one

    with session(ctx).open() as container:
        who, market = _the_creator(container, creator), container.marketplace()
        chosen = the_one(market.offers(_creator_id(who)), offer_id, "offer of this creator")
        answered = market.answer(_creator_id(who), chosen.id, accept)
        container.upkeep().everywhere()
    print_json(answered) if as_json else print_page(_offers_table([answered], {who.id: who.external_id}))


@group.command("deliver")
def deliver(
    ctx: typer.Context,
    creator: GivenCreator,
    offer_id: GivenOffer,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The text, as UTF-8.")],
    as_json: AsJson = False,
) -> None:
    """Deliver a text for an accepted offer; it is reviewed at once."""
    from .ids import the_one

    text = _read_text(file)
    with session(ctx).open() as container:
        who, market = _the_creator(container, creator), container.marketplace()
        chosen = the_one(market.offers(_creator_id(who)), offer_id, "offer of this creator")
        delivery = market.deliver(_creator_id(who), chosen.id, text)
    print_json(delivery) if as_json else print_page(*_delivery_page(delivery))


@group.command("advance")
def advance(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Do what is due for the business's briefs: hold money, ask the next creator, pay."""
    from .tables import bullets, hint

    with session(ctx).at_business() as at:
        done = at.container.marketplace().advance(at.id)
    if as_json:
        print_json({"done": done})
    else:
        print_page(bullets(done) if done else hint("Nothing is due."))


@group.command("review")
def review(
    ctx: typer.Context,
    brief_id: GivenBrief,
    passed: Annotated[bool, typer.Option("--pass/--send-back", help="A person's verdict.", show_default=False)],
    comment: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give a person's verdict on a delivery that waits for one."""
    from .briefs import the_brief
    from .tables import hint
    from .words import spoken

    with session(ctx).at_business() as at:
        found = at.container.marketplace().review(at.id, the_brief(at, brief_id).id, passed=passed, comment=comment)
    print_json(found) if as_json else print_page(hint(f"The brief is {spoken(found.status)}."))


def _creators(container: "Container") -> "list[Creator]":
    from refleqt_core.marketplace.records import Creator

    with container.store().platform() as tx:
        return tx.find(Creator, order="external_id")


def _the_creator(container: "Container", given: str) -> "Creator":
    from .ids import the_one

    return the_one(_creators(container), given, "creator", name_of=lambda each: each.external_id)


def _creator_id(creator: "Creator") -> "CreatorId":
    from refleqt_core.values import CreatorId

    return CreatorId(creator.id)


def _read_text(file: Path) -> str:
    from refleqt_core.errors import Fault, InvalidInput

    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        problem = error.strerror or str(error)
        raise InvalidInput([Fault(str(file), None, None, problem, "Give a file that can be read.")]) from error
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not UTF-8"
        raise InvalidInput([Fault(str(file), None, None, problem, "Save the file as UTF-8.")]) from error


def _table(creators: "Sequence[Creator]") -> "Rows":
    from rich.text import Text

    from .marks import share_bar
    from .tables import row, table
    from .words import percent, spoken

    made = table("creator", "?tier", "*makes", "performance", ">briefs", ">?accepts", ">busy")
    for each in creators:
        who = Text(f"{each.external_id}\n") + Text(each.display_name, style="dim")
        makes = ", ".join(spoken(kind) for kind in each.artifact_types)
        score = share_bar(each.performance_score) + Text(f" {each.performance_score:.2f}")
        work = each.total_briefs_completed, percent(each.acceptance_rate), f"{each.current_load}/{each.capacity}"
        row(made, who, each.tier, makes, score, *work, style=None if each.active else "dim")
    return made


def _offers_table(offers: "Sequence[BriefOffer]", names: "Mapping[UUID, str]") -> "Rows":
    from .ids import short
    from .tables import row, table
    from .words import moment, spoken

    made = table("offer", "creator", "*brief", "?type", "status", ">?base fee", "until (UTC)")
    for each in offers:
        kind = spoken(each.document.get("artifact_type"))
        told = each.document.get("headline", ""), kind, each.status, each.base_fee, moment(each.expires_at)
        row(made, short(each.id), names.get(each.creator_id, ""), *told)
    return made


def _delivery_page(delivery: "Delivery") -> "list[RenderableType]":
    from .marks import share_bar, tick
    from .tables import hint, row, table

    made = table("", "check", "score", "*finding")
    for check in delivery.checks:
        score = share_bar(float(check["score"]))
        row(made, tick(bool(check["passed"])), check["name"], score, check["finding"])
    verdict = {
        "pass": "It passed",
        "revise": "It is sent back for revision",
        "escalate": "A person has to decide",
    }[delivery.verdict]
    told = (
        f"{verdict}; attempt {delivery.attempt}, quality {delivery.quality_score:.2f}. Go on: refleqt creators advance"
    )
    return [made, hint(told)]
