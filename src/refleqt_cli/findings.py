"""``refleqt findings`` and ``refleqt extract``: what texts say, each finding with the quote that proves it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from .groups import GET
from .output import AsJson, console, print_json, print_page
from .piped import piped_text
from .session import At, Session, session

if TYPE_CHECKING:
    from refleqt_core.context.extraction import KnownNames
    from refleqt_core.context.reading import Reading
    from refleqt_core.context.records import ContextExtraction
    from refleqt_core.ports import LLM


Names = list[str] | None


def register(app: typer.Typer) -> None:
    """The app has both commands."""
    app.command("findings", rich_help_panel=GET)(findings)
    app.command("extract", rich_help_panel=GET)(extract)


def findings(
    ctx: typer.Context,
    kind: Annotated[
        Names, typer.Option(metavar="KIND", help="theme, signal, competitor_mention, …; may be given several times.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="ID|TYPE", help="A vent or an activity by its id, or a type of source.")
    ] = None,
    topic: Annotated[str | None, typer.Option(metavar="WORDS", help="Only topics that hold these words.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Only what was said on that day or later.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what was found in texts and recordings, what was said last first."""
    from refleqt_core.context.finding_query import FindingQuery
    from refleqt_core.context.records import ContextExtraction
    from refleqt_core.context.sources import READERS

    from .words import read_moment

    with session(ctx).at_business() as at:
        is_type = source in READERS
        asked = FindingQuery(
            kinds=tuple(kind or ()),
            source_types=(source,) if source and is_type else (),
            source_id=_source(at, source)[1] if source and not is_type else None,
            topic=topic,
            since=read_moment(since, "--since", at.business.time_zone) if since else None,
        )
        with at.container.store().business(at.id) as tx:
            found = tx.find(ContextExtraction, *asked.filters, order="-valid_from", limit=limit)
    if as_json:
        print_json(found)
        return
    _print(found, limit)


def extract(
    ctx: typer.Context,
    text: Annotated[
        str, typer.Argument(metavar="FILE|-|ID", help="A text in UTF-8, - for standard input, or a vent or activity.")
    ],
    competitor: Annotated[Names, typer.Option(metavar="NAME", help="A known competitor; several times.")] = None,
    product: Annotated[Names, typer.Option(metavar="NAME", help="A known product; several times.")] = None,
    person: Annotated[Names, typer.Option(metavar="NAME", help="A known person; several times.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a text says: themes, mentions, insights, gaps, feelings, names and signals, each with its quote.

    Of a file nothing is kept, no database is needed, and the names are those that are given here. A vent or an activity
    is read with the names of its business, unless it has been, and its findings are kept.
    """
    from refleqt_core.context.extraction import KnownNames

    file = None if text == "-" else Path(text)
    if file is not None and not file.exists() and _is_id(text):
        _extract_source(session(ctx), text, as_json=as_json)
        return
    said = _said(file)
    known = KnownNames(competitors=tuple(competitor or ()), products=tuple(product or ()), people=tuple(person or ()))
    with session(ctx).open() as container:
        llm = container.model()
        reading = _read(llm, said, known)
    if as_json:
        print_json(_document(reading, llm.model))
        return
    _print_reading(reading)


def _extract_source(opened: Session, given: str, *, as_json: bool) -> None:
    with opened.at_business() as at:
        found = at.container.context().extract(at.id, *_source(at, given))
    if as_json:
        print_json(found)
    else:
        _print(found, len(found) + 1)


def _source(at: At, given: str) -> tuple[str, UUID]:
    """The type and id of the vent or activity that is meant."""
    from refleqt_core.intake.activities import Activity
    from refleqt_core.intake.vents import VentEntry

    from .ids import the_one

    with at.container.store().business(at.id) as tx:
        known: list[VentEntry | Activity] = [*tx.find(VentEntry), *tx.find(Activity)]
    one = the_one(known, given, "vent or activity", name_of=lambda each: each.external_id)
    return ("vent" if isinstance(one, VentEntry) else "activity"), one.id


def _is_id(given: str) -> bool:
    plain = given.replace("-", "")
    return len(plain) >= 4 and all(sign in "0123456789abcdefABCDEF" for sign in plain)


def _said(file: Path | None) -> str:
    from refleqt_core.errors import InvalidInput

    if file is None:
        return piped_text()
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeError as error:
        raise InvalidInput(f"{file} is no text in UTF-8") from error


def _read(llm: "LLM", said: str, known: "KnownNames") -> "Reading":
    """The text as read; of one in several passages it is shown how far it is."""
    from rich.progress import Progress

    from refleqt_core.context.asking import PassageAnswer, asked
    from refleqt_core.context.reading import prepared, read_by

    shown, err = prepared(said), console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal or len(shown.passages) < 2) as bar:
        task = bar.add_task("Reading", total=len(shown.passages))

        def ask(passage: str) -> PassageAnswer:
            answer = asked(llm, passage, known)
            bar.advance(task)
            return answer

        return read_by(ask, said, known, shown)


def _document(reading: "Reading", model: str) -> dict[str, Any]:
    from dataclasses import asdict

    from refleqt_core.context.extraction import level

    return {
        "model": model,
        "sentiment": reading.sentiment,
        "topics": reading.topics,
        "passages": reading.passages,
        "dropped": reading.dropped,
        "left_out": reading.left_out,
        "cost_micros": sum(usage.cost_micros for usage in reading.usages),
        "findings": [
            {
                **asdict(each.finding),
                "quote_start": each.start,
                "quote_end": each.end,
                "confidence": each.confidence,
                "level": level(each.confidence),
            }
            for each in reading.findings
        ],
    }


def _print_reading(reading: "Reading") -> None:
    from .quoted_findings import Found, quoted
    from .tables import hint
    from .words import counted

    found = [
        Found(one.kind, one.text, one.quote, one.topic, one.charge, each.confidence)
        for each in reading.findings
        for one in (each.finding,)
    ]
    told = [f"mood {reading.sentiment:+.2f}", counted(len(reading.findings), "finding")]
    told += [f"{reading.dropped:,} without proof"] if reading.dropped else []
    left_out = counted(reading.left_out, "place left out that talks to a model", "places left out that talk to a model")
    told += [left_out] if reading.left_out else []
    print_page(*([quoted(found)] if found else []), hint(" · ".join(told)))


def _print(found: "Sequence[ContextExtraction]", limit: int) -> None:
    from .quoted_findings import quoted, stored_findings
    from .tables import hint

    if not found:
        print_page(hint("Nothing is found. New texts have to be read by a worker first: refleqt worker"))
        return
    more = [hint(f"These are {limit:,}; there may be more: --limit")] if len(found) == limit else []
    print_page(quoted(stored_findings(found, with_source=True)), *more)
