"""``refleqt profile``: what is known of a business, now or on a past day."""

from typing import TYPE_CHECKING, Annotated

import typer

from .groups import GET
from .output import AsJson, print_json, print_page
from .session import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.panel import Panel

    from refleqt_core.intake.business import Product
    from refleqt_core.profile import Profile

    from .tables import Rows

SHOWN = 8


def register(app: typer.Typer) -> None:
    """The app has the command."""
    app.command("profile", rich_help_panel=GET)(profile)


def profile(
    ctx: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As it was known at the end of that day, or at that moment.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is known of the business, now or on a past day."""
    from .words import read_moment

    with session(ctx).at_business() as at:
        moment = as_of and read_moment(as_of, "--as-of", at.business.time_zone, end_of_day=True)
        found = at.container.profile().read(at.id, as_of=moment or None)
    if as_json:
        print_json({**_fields(found), "topics": dict(found.topics)})
    else:
        print_page(*_page(found))


def _fields(found: "Profile") -> dict[str, object]:
    return {field.name: getattr(found, field.name) for field in found.__attrs_attrs__}


def _page(found: "Profile") -> "Iterator[RenderableType]":
    from .tables import headed, hint

    yield foundation_panel(found)
    counts = " · ".join(f"{count:,} {name}" for name, count in found.counts.items())
    yield hint(f"{counts} · {len(found.extractions):,} findings")
    for heading, filled, section in (
        ("Spoken of most", found.topics, _topics),
        ("Vented about again and again", found.themes, _themes_table),
        ("Competitors, as they are spoken of", found.competitors, _competitors_table),
        ("What has changed in the tools", found.signals, _signals_table),
        ("Believed most firmly", found.beliefs, _beliefs_table),
        ("To ask again", found.gaps, gaps_table),
    ):
        if filled:
            yield headed(heading, section(found))


def foundation_panel(found: "Profile") -> "Panel":
    """What the business has said of itself, in a frame."""
    from .tables import facts, panel
    from .words import day, spoken

    business, said = found.business, found.foundation
    what = " · ".join(filter(None, (business.industry, spoken(business.specialization))))
    where = " · ".join(filter(None, (business.stage and spoken(business.stage), business.size, business.time_zone)))
    state, stack = said.marketing_state, said.marketing_stack
    tools = [stack.cms, stack.email, stack.crm, stack.analytics, *stack.social]
    rows: list[tuple[str, object]] = [
        ("does", what),
        ("is", " · ".join(filter(None, (where, business.website)))),
        ("sells as", _list(said.business_models)),
        ("earns by", _list(said.revenue_mechanics)),
        ("sells to", "\n".join(f"{segment.name} ({segment.key})" for segment in said.segments)),
        ("sells", "\n".join(_product(product) for product in said.products)),
        ("against", ", ".join(said.competitors.all)),
        ("sounds", _voice(found)),
        ("uses", _list(tool for tool in tools if tool)),
        ("works", "\n".join(state.working)),
        ("doesn't work", "\n".join(state.not_working)),
        ("was tried", "\n".join(state.tried)),
        ("never tried", "\n".join(state.never_tried)),
    ]
    since = day(said.valid_from, business.time_zone)
    return panel(facts(rows), f"{business.name} ({business.slug})", f"as said on {since}")


def gaps_table(found: "Profile") -> "Rows":
    """The questions that were skipped or answered vaguely, with what is missing."""
    from .tables import row, table
    from .words import spoken

    made = table("group", "*question", "*why")
    for gap in found.gaps:
        row(made, spoken(gap.group), gap.question, gap.note)
    return made


def _product(product: "Product") -> str:
    tiers = ", ".join(f"{tier.price} a {tier.per}" for tier in product.pricing_tiers)
    return f"{product.name} — {tiers}" if tiers else product.name


def _voice(found: "Profile") -> "RenderableType":
    from rich.table import Table

    from .marks import scale

    voice, grid = found.foundation.brand_voice, Table.grid(padding=(0, 3, 0, 0))
    sliders = [
        scale("casual", "formal", voice.formality),
        scale("plain", "technical", voice.technicality),
        scale("measured", "bold", voice.boldness),
        scale("serious", "playful", voice.playfulness),
    ]
    grid.add_row(*sliders[:2])
    grid.add_row(*sliders[2:])
    return grid


def _list(names: "Iterator[str] | tuple[str, ...]") -> str:
    from .words import spoken

    return ", ".join(spoken(name) for name in names)


def _topics(found: "Profile") -> "RenderableType":
    from rich.text import Text

    said = [f"{topic} {count}" for topic, count in found.topics[: 2 * SHOWN]]
    return Text(" · ".join(said))


def _themes_table(found: "Profile") -> "Rows":
    from .tables import row, table
    from .words import day

    zone = found.business.time_zone
    made = table("*theme", ">vents", "first", "last")
    for theme in found.themes[:SHOWN]:
        row(made, theme.label, theme.count, day(theme.first_seen, zone), day(theme.last_seen, zone))
    return made


def _competitors_table(found: "Profile") -> "Rows":
    from .tables import row, table
    from .words import day

    made = table("competitor", ">sources", ">mood", "*topics", "last")
    for each in found.competitors[:SHOWN]:
        topics = ", ".join(each.topics[:5])
        row(made, each.competitor, each.mentions, f"{each.sentiment:+.2f}", topics, day(each.last_seen))
    return made


def _signals_table(found: "Profile") -> "Rows":
    from .tables import row, table

    made = table("tool", "*what", "metric", ">before", ">after", ">change", "?80 % interval", "?month")
    for each in found.signals[:SHOWN]:
        span = f"{each.magnitude_low:+.0%} … {each.magnitude_high:+.0%}"
        values = (f"{each.before:,.2f}", f"{each.after:,.2f}", f"{each.magnitude:+.0%}", span)
        row(made, each.source, each.entity_id, each.metric, *values, each.window_start.strftime("%Y-%m"))
    return made


def _beliefs_table(found: "Profile") -> "Rows":
    from .beliefs import belief_rows

    firmest = sorted(found.beliefs, key=lambda each: -abs(each.confidence - 0.5))
    return belief_rows(firmest[:SHOWN])
