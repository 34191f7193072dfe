"""What people remark on an entry."""

from uuid import UUID

import attrs

from ..ports import Clock, Ids, Store, where
from ..values import BusinessId
from .calendar import CalendarEntry, EntryComment


@attrs.frozen(kw_only=True)
class CommentService:
    """Comments on the entries of a business."""

    store: Store
    clock: Clock
    ids: Ids

    def add(self, business_id: BusinessId, entry_id: UUID, text: str, *, author: str) -> EntryComment:
        """The remark stands with the entry. Without words or author: `InvalidInput`; no such entry: `NotFound`."""
        comment = EntryComment(
            id=self.ids.new(),
            business_id=business_id,
            calendar_entry_id=entry_id,
            author=author.strip(),
            text=text.strip(),
            written_at=self.clock.now(),
        )
        with self.store.business(business_id) as tx:
            tx.get(CalendarEntry, entry_id)
            tx.add(comment)
        return comment

    def edit(self, business_id: BusinessId, comment_id: UUID, text: str) -> EntryComment:
        """The remark says ``text``, and that it was edited. The same text: nothing happens. Absent: `NotFound`."""
        with self.store.business(business_id) as tx:
            comment = tx.get(EntryComment, comment_id)
            if comment.text == text.strip():
                return comment
            return tx.save(attrs.evolve(comment, text=text.strip(), edited_at=self.clock.now()))

    def remove(self, business_id: BusinessId, comment_id: UUID) -> None:
        """The remark is gone. Absent before: no-op."""
        with self.store.business(business_id) as tx:
            tx.remove(EntryComment, comment_id)

    def on(self, business_id: BusinessId, entry_id: UUID) -> list[EntryComment]:
        """The remarks on that entry, the first one first. No such entry: `NotFound`."""
        with self.store.business(business_id) as tx:
            tx.get(CalendarEntry, entry_id)
            return tx.find(EntryComment, *where(calendar_entry_id=entry_id))
