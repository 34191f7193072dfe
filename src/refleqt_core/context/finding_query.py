"""Which of the findings on record are asked for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ..errors import InvalidInput
from ..ports import Filter, where
from .extraction import FINDING_KINDS
from .sources import READERS


@attrs.frozen(kw_only=True)
class FindingQuery:
    """Findings that are valid now: of any of the kinds and types of source, of one source, about a topic, since then.

    A topic is met by a part of it, in capitals or not. What is left out limits nothing. A kind or a type of source that
    there is not raises `InvalidInput`.
    """

    kinds: Sequence[str] = ()
    source_types: Sequence[str] = ()
    source_id: UUID | None = None
    topic: str | None = None
    since: datetime | None = None

    def __attrs_post_init__(self) -> None:
        for what, given, known in (
            ("kind of finding", self.kinds, FINDING_KINDS),
            ("type of source", self.source_types, READERS),
        ):
            for each in given:
                if each not in known:
                    raise InvalidInput(f"'{each}' is no {what}; there are: {', '.join(known)}")

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What a `ContextExtraction` has to meet."""
        asked = {
            "kind__in": list(self.kinds) or None,
            "source_type__in": list(self.source_types) or None,
            "source_id": self.source_id,
            "topic__contains": self.topic or None,
            "valid_from__ge": self.since,
        }
        return where(valid_to=None, **{name: value for name, value in asked.items() if value is not None})
