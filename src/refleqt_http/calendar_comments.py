"""Comments on the entries of the calendar."""

from datetime import datetime
from uuid import UUID

from refleqt_core.errors import NotAllowed, NotFound
from refleqt_core.intake.calendar import EntryComment

from .auth import Caller
from .bodies import Identity, Input, Output
from .endpoints import Resource
from .entry_texts import Remark

resource = Resource("calendar comments", "What people remark on an entry.")


class CommentBody(Input):
    """A remark."""

    text: Remark


class CommentOut(Output):
    """A remark on an entry, by whoever the token stands for."""

    id: UUID
    calendar_entry_id: UUID
    author: str
    text: str
    written_at: datetime
    edited_at: datetime | None


class CommentsOut(Output):
    """The remarks on an entry, the first one first."""

    items: list[CommentOut]


@resource.get("/v1/calendar/{entry_id}/comments", gives=CommentsOut, raises=[NotFound])
def list_comments(caller: Caller, entry_id: Identity) -> dict[str, list[EntryComment]]:
    """The remarks on that entry, the first one first."""
    return {"items": caller.refleqt.comments().on(caller.business_id, entry_id)}


@resource.post("/v1/calendar/{entry_id}/comments", gives=CommentOut, raises=[NotFound])
def add_comment(caller: Caller, entry_id: Identity, body: CommentBody) -> EntryComment:
    """The remark stands with the entry, in the caller's name."""
    return caller.refleqt.comments().add(caller.business_id, entry_id, body.text, author=caller.name)


@resource.patch("/v1/calendar/comments/{comment_id}", gives=CommentOut, raises=[NotFound])
def edit_comment(caller: Caller, comment_id: Identity, body: CommentBody) -> EntryComment:
    """The remark says something else, and that it was edited; whoever wrote it may, and an owner."""
    _of(caller, comment_id)
    return caller.refleqt.comments().edit(caller.business_id, comment_id, body.text)


@resource.delete("/v1/calendar/comments/{comment_id}", gives=CommentOut, raises=[NotFound])
def remove_comment(caller: Caller, comment_id: Identity) -> EntryComment:
    """The remark is gone; whoever wrote it may take it back, and an owner."""
    comment = _of(caller, comment_id)
    caller.refleqt.comments().remove(caller.business_id, comment_id)
    return comment


def _of(caller: Caller, comment_id: UUID) -> EntryComment:
    """The remark, if it is the caller's to change."""
    with caller.refleqt.store().business(caller.business_id) as tx:
        comment = tx.get(EntryComment, comment_id)
    if caller.token.role != "owner" and comment.author != caller.name:
        raise NotAllowed(f"only {comment.author} and an owner can change this remark")
    return comment
