"""People of a business as they come in at the edges."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberDraft:
    """A person of the business, by name."""

    name: str
    role: str = ""
    email: str | None = None
