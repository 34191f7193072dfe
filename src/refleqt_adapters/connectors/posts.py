"""A post of a publishing system as an entry of the calendar, whichever system it comes from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import EntryDraft

from .artifact_guess import kind_of
from .csv_records import RejectedLine, rejected_line
from .draft_rules import check_draft, in_order, refuse
from .keyed_rows import FileContent
from .remarks import Remarks

POST_LIMIT = 100_000
"""Posts and pages of the largest export that is read."""

TYPES: Mapping[str, str] = {"post": "blog_copy", "page": "landing_page"}


@attrs.frozen(kw_only=True)
class Post:
    """What a publishing system says of a post: where it stands in its file, and the fields of an entry.

    ``kind`` is the system's own word for what it is; ``derived`` are fields that the system made by itself, of which
    one that is at fault is left out.
    """

    row: int
    name: str
    title: str
    kind: str
    status: str
    publish_at: datetime | None
    labels: tuple[str, ...] = ()
    said: Mapping[str, Any] = attrs.field(factory=dict)
    derived: Mapping[str, Any] = attrs.field(factory=dict)


class Posts:
    """The entries of an export as its posts are read, each name once."""

    def __init__(self, source: str, field: str) -> None:
        self._source, self._field = source, field
        self.remarks = Remarks()
        self._items: dict[str, tuple[int, EntryDraft]] = {}
        self._rejected: dict[int, RejectedLine] = {}

    def add(self, post: Post) -> None:
        """The post is among the items, or among the rejected ones with all that is wrong with it."""
        try:
            draft = draft_of(post, self.remarks)
            check_draft(self._source, post.row, draft)
        except InvalidInput as error:
            self.reject(post.row, f"{post.name} {post.title}", *error.faults)
            return
        before = self._items.setdefault(draft.external_id, (post.row, draft))
        if before[1] is not draft:
            problem = f"'{draft.external_id}' stands in row {before[0]:,} too"
            fault = Fault(self._source, post.row, self._field, problem, "Keep one of the two, and export again.")
            self.reject(post.row, f"{post.name} {post.title}", fault)
        elif len(self._items) > POST_LIMIT:
            problem = f"the export has more than {POST_LIMIT:,} posts and pages"
            raise InvalidInput([Fault(self._source, post.row, None, problem, "Export it in several files.")])

    def reject(self, row: int, text: str, *faults: Fault) -> None:
        """The post of that row is rejected for those reasons."""
        self._rejected[row] = rejected_line(row, text.encode(errors="backslashreplace"), faults)

    def content(self, *, skip_bad_rows: bool) -> FileContent[EntryDraft]:
        """What the file held; `InvalidInput` where something is at fault and not to be skipped, or nothing is there."""
        rejected = tuple(self._rejected[row] for row in sorted(self._rejected))
        if rejected and not skip_bad_rows:
            refuse(rejected)
        if not (self._items or rejected or self.remarks.passed_over):
            remedy = "Check that it was exported whole, posts and pages included."
            raise InvalidInput([Fault(self._source, None, None, "the export holds no posts", remedy)])
        items = [draft for _, draft in self._items.values()]
        return FileContent(items, rejected, (), self.remarks.passed_over, self.remarks.told())


def draft_of(post: Post, remarks: Remarks) -> EntryDraft:
    """The post as an entry that speaks of what the system states; what was guessed is among the ``remarks``."""
    kind = kind_of((post.kind, *post.labels), "")
    artifact_type = TYPES.get(post.kind, kind.artifact_type)
    if post.kind not in TYPES and "artifact_type" not in kind.stated:
        remarks.say(f"type '{post.kind[:50]}' is taken for {artifact_type}", post.row)
    title = " ".join(post.title.split())
    if not title:
        remarks.say("without a title, so it is named by its slug or id", post.row)
        title = str(post.derived.get("url_slug") or post.name)
    said = {name: value for name, value in post.said.items() if value}
    said |= in_order(post.derived, post.row, remarks)
    if post.publish_at is not None:
        said["publish_at"] = post.publish_at
    if post.status == "scheduled" and post.publish_at is None:
        remarks.say("scheduled without a date, so it is taken for in review", post.row)
    status = "in_review" if post.status == "scheduled" and post.publish_at is None else post.status
    stated = {"external_id", "title", "status", *said} | (
        {"artifact_type"} if post.kind in TYPES or "artifact_type" in kind.stated else set()
    )
    return EntryDraft(
        external_id=post.name,
        title=title,
        artifact_type=artifact_type,
        status=status,
        **({"channel": "blog"} | said),
        given=frozenset(stated),
    )
