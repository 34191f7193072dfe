"""The calendar for other programs: as a file, and as a feed that calendar programs subscribe to."""

from email.utils import format_datetime
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from refleqt_adapters.calendar_exports import FORMATS, ServedFeed
from refleqt_core.access import FEEDS, WHOLE_FEED
from refleqt_core.intake.calendar_search import EntrySearch

from .auth import LONGEST_TOKEN, Caller, caller_of
from .bodies import Input, Moment, Text
from .endpoints import Resource
from .entry_bodies import ArtifactType, Channel, Stage, Status
from .files import IN_MEMORY, FileAnswer
from .problems import UNAUTHENTICATED, Refused, problem_response

if TYPE_CHECKING:
    from refleqt_adapters.container import Container

resource = Resource("calendar files", "The calendar for spreadsheets and calendar programs.")

FEED_PATH = "/v1/calendar/feed.ics"


class ExportQuery(Input):
    """Which entries; all of what is given has to hold."""

    status: Status | None = None
    channel: Channel | None = None
    artifact_type: ArtifactType | None = None
    funnel_stage: Stage | None = None
    owner: Text | None = None
    tag: Text | None = None
    campaign: Text | None = Field(default=None, description="the campaign's name")
    start: Moment | None = Field(default=None, description="published at that moment or later")
    end: Moment | None = Field(default=None, description="published before that moment")


@resource.get("/v1/calendar/export.csv", downloads=[FORMATS["csv"]])
def export_csv(caller: Caller, query: ExportQuery) -> FileAnswer:
    """The entries as a table with every field; imported again, nothing changes.

    A text that a spreadsheet would run as a formula has an apostrophe before it, which an import takes off.
    """
    return _file(caller, query, "csv")


@resource.get("/v1/calendar/export.xlsx", downloads=[FORMATS["xlsx"]])
def export_workbook(caller: Caller, query: ExportQuery) -> FileAnswer:
    """The entries as a workbook, with real dates on the clock of the business; imported again, nothing changes."""
    return _file(caller, query, "xlsx")


async def feed(request: Request) -> Response:
    """The dated entries as an iCalendar feed, to whoever has its address.

    Calendar programs send no header, so that the token stands in the query; it is one that can read the feed and
    nothing else, and any other token is refused here. Unchanged since the ``If-None-Match``: 304.
    """
    known = request.headers.get("if-none-match", "")
    secret = request.query_params.get("token", "")
    try:
        served = await run_in_threadpool(_served, request.app.state.refleqt, secret, known)
    except Exception as error:
        return problem_response(error)
    # No If-Modified-Since: an entry that is gone leaves no later change behind it.
    headers = {
        "ETag": f'"{served.tag}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": "inline; filename=calendar.ics",
    }
    if served.changed_at is not None:
        headers["Last-Modified"] = format_datetime(served.changed_at.replace(microsecond=0), usegmt=True)
    if served.data is None:
        return Response(status_code=304, headers=headers)
    return Response(served.data, headers=headers, media_type="text/calendar")


def _served(refleqt: "Container", secret: str, known: str) -> ServedFeed:
    if not 0 < len(secret) <= LONGEST_TOKEN:
        raise Refused(UNAUTHENTICATED, "the address has no token; make one with: refleqt calendar feed")
    caller = caller_of(refleqt, secret, frozenset(FEEDS))
    return refleqt.calendar_exports().feed(
        caller.business_id,
        whole=caller.token.role == WHOLE_FEED,
        known=lambda tag: _is_known(known, f'"{tag}"'),
    )


def _is_known(tags: str, tag: str) -> bool:
    """Whether the client has that version already (RFC 9110, weak comparison)."""
    known = [each.strip().removeprefix("W/") for each in tags.split(",")]
    return tag in known or "*" in known


def _file(caller: Caller, query: ExportQuery, ending: str) -> FileAnswer:
    data = cast(BinaryIO, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115  # closed when it is sent
    asked = EntrySearch(**query.model_dump())
    try:
        caller.refleqt.calendar_exports().write(caller.business_id, ending, data, asked)
    except BaseException:
        data.close()
        raise
    data.seek(0)
    return FileAnswer(name=f"calendar.{ending}", media_type=FORMATS[ending], data=data)
