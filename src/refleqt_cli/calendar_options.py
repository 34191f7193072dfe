"""Options that say fields of an entry, the same for every command that takes them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import typer

if TYPE_CHECKING:
    from refleqt_adapters.entry_forms import Setting

C = TypeVar("C", bound=Callable[..., Any])
PANEL = "Fields"


class FieldOption(NamedTuple):
    """The field that an option says, what its help says, and whether it may be given several times."""

    field: str
    help: str
    metavar: str = "TEXT"
    many: bool = False


OPTIONS: Mapping[str, FieldOption] = {
    "type": FieldOption("artifact_type", "Such as blog_copy, email, webinar."),
    "at": FieldOption("publish_at", "When it goes out.", "MOMENT"),
    "status": FieldOption("status", "Where it stands; without it an idea."),
    "owner": FieldOption("owner", "Who is responsible.", "NAME"),
    "team": FieldOption("team", "Who else works on it; several times.", "NAME", many=True),
    "channel": FieldOption("channels", "Such as email, linkedin, blog; several times.", many=True),
    "campaign": FieldOption("campaign", "The campaign's name; a new one is made.", "NAME"),
    "funnel": FieldOption("funnel_stage", "tofu, mofu or bofu."),
    "segment": FieldOption("icp_segment", "The key of the segment it is for."),
    "angle": FieldOption("angle", "Such as roi, pain_relief, education."),
    "keyword": FieldOption("primary_keyword", "The primary keyword."),
    "kpi": FieldOption("primary_kpi", "Such as clicks, signups, demo_bookings."),
    "target": FieldOption("kpi_target", "How many of that KPI in 30 days are a success.", "NUMBER"),
    "cost": FieldOption("production_cost", "Of its production, such as '450 EUR'.", "AMOUNT"),
    "budget": FieldOption("paid_budget", "For paid promotion on its first channel.", "AMOUNT"),
    "review-due": FieldOption("review_due", "When to look at its results.", "DATE"),
    "tag": FieldOption("tags", "A tag of your own; several times.", many=True),
    "notes": FieldOption("notes", "Whatever else has to be known."),
}
SET = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Any field; lists by ';', linkedin.hook=… for a plan. See: refleqt calendar fields",
        rich_help_panel=PANEL,
    ),
]


def with_fields(command: C) -> C:
    """The command takes an option for each of `OPTIONS`, and ``--set``, as its ``**fields``."""
    signature = inspect.signature(command)
    kept = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    options = [_parameter(name.replace("-", "_"), _annotation(name, told)) for name, told in OPTIONS.items()]
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]  # what inspect and typer look at
        parameters=[
            *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in kept),
            *options,
            _parameter("set", SET),
        ]
    )
    given = {each.name: each.annotation for each in options}
    command.__annotations__ = {**command.__annotations__, **given, "set": SET}
    command.__annotations__.pop("fields", None)
    return command


def read_options(fields: Mapping[str, str | Sequence[str] | None]) -> "list[Setting]":
    """What the options and ``--set`` say, as it was written."""
    from refleqt_adapters.entry_forms import Setting, setting

    found = []
    for name, told in OPTIONS.items():
        given = fields.get(name.replace("-", "_"))
        if given is not None:
            found.append(Setting(told.field, ";".join(given) if told.many else str(given), f"--{name}"))
    return [*found, *(setting(each) for each in fields.get("set") or ())]


def _parameter(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _annotation(name: str, told: FieldOption) -> Any:
    option = typer.Option(f"--{name}", metavar=told.metavar, help=told.help, rich_help_panel=PANEL)
    return Annotated[list[str] | None, option] if told.many else Annotated[str | None, option]
