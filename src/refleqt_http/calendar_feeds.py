"""The addresses under which calendar programs subscribe to the calendar."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from refleqt_core.access import FEED, FEEDS, WHOLE_FEED, ApiToken
from refleqt_core.errors import NotFound

from .auth import OWNERS, Caller
from .bodies import Days, Flag, Identity, Input, Output, Text
from .calendar_export import FEED_PATH
from .endpoints import Resource

resource = Resource("calendar feeds", "Addresses under which calendar programs subscribe to the calendar.")


class FeedBody(Input):
    """Who the address is for, what it tells, and how long it holds."""

    label: Text = Field(default="calendar feed", description="who or what it is for")
    whole: Flag = Field(default=False, description="every field is told: notes, people and money too")
    days: Days = Field(default=730, description="how long it holds")


class FeedOut(Output):
    """An address that was made; the address itself is kept nowhere."""

    id: UUID
    label: str
    whole: bool
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class NewFeedOut(FeedOut):
    """An address, which is shown this once."""

    path: str = Field(description="put the address of the server before it")


class FeedsOut(Output):
    """All addresses, the newest first, those that hold no longer included."""

    items: list[FeedOut]


@resource.get("/v1/calendar/feeds", gives=FeedsOut, roles=OWNERS)
def list_feeds(caller: Caller) -> dict[str, Any]:
    """All addresses that were made, the newest first; the addresses themselves are kept nowhere."""
    return {"items": [_told(each) for each in caller.refleqt.tokens().issued(caller.business_id, *FEEDS)]}


@resource.post("/v1/calendar/feeds", gives=NewFeedOut, roles=OWNERS)
def make_feed(caller: Caller, body: FeedBody) -> dict[str, Any]:
    """There is an address more under which the calendar can be read, and nothing else; it is shown this once.

    Whoever has it needs no token: it tells what goes out when, and with `whole` every field of every dated entry.
    """
    role = WHOLE_FEED if body.whole else FEED
    secret, token = caller.refleqt.tokens().issue(caller.business_id, role=role, label=body.label, days=body.days)
    return _told(token) | {"path": f"{FEED_PATH}?token={secret}"}


@resource.delete("/v1/calendar/feeds/{feed_id}", gives=FeedOut, raises=[NotFound], roles=OWNERS)
def revoke_feed(caller: Caller, feed_id: Identity) -> dict[str, Any]:
    """The address holds no longer. Revoked before: as it was."""
    tokens = caller.refleqt.tokens()
    if not any(each.id == feed_id for each in tokens.issued(caller.business_id, *FEEDS)):
        raise NotFound(f"there is no feed address {feed_id}")
    return _told(tokens.revoke(feed_id))


def _told(token: ApiToken) -> dict[str, Any]:
    told = {name: getattr(token, name) for name in FeedOut.model_fields if name != "whole"}
    return told | {"whole": token.role == WHOLE_FEED}
