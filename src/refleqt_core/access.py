"""Who may speak for a business."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import attrs

from .entities import Entity
from .errors import NotAllowed
from .ports import Clock, Ids, Store, where
from .values import BusinessId, aware, one_of

FEED = "feed"
"""The role of a token that stands in the address of a feed, and can read that feed alone: what goes out when."""

WHOLE_FEED = "whole_feed"
"""As `FEED`, but the feed says every field of its entries: notes, people and money too."""

FEEDS = (FEED, WHOLE_FEED)
ROLES = ("owner", "member", "creator", "reviewer", "operator", *FEEDS)


@attrs.frozen(kw_only=True)
class ApiToken(Entity):
    """A bearer token, of which only the sha256 is kept."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("digest",),)

    digest: str
    for_business: BusinessId
    role: str = attrs.field(default="owner", validator=one_of(*ROLES))
    label: str = ""
    created_at: datetime = attrs.field(validator=aware)
    expires_at: datetime = attrs.field(validator=aware)
    revoked_at: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class TokenService:
    """Issues bearer tokens, and knows them again. A token itself is kept nowhere."""

    store: Store
    clock: Clock
    ids: Ids

    def issue(
        self, business_id: BusinessId, *, role: str = "owner", label: str = "", days: int = 90
    ) -> tuple[str, ApiToken]:
        """A new token that speaks for the business until ``days`` from now, and its record."""
        secret = f"rq_{secrets.token_urlsafe(32)}"
        now = self.clock.now()
        token = ApiToken(
            id=self.ids.new(),
            digest=digest_of(secret),
            for_business=business_id,
            role=role,
            label=label,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        with self.store.platform() as tx:
            tx.add(token)
        return secret, token

    def verify(self, secret: str) -> ApiToken:
        """The record of a token that holds now. Unknown, revoked or expired: `NotAllowed`, the same for all three."""
        with self.store.platform() as tx:
            found = tx.find(ApiToken, *where(digest=digest_of(secret)))
        now = self.clock.now()
        if not found or found[0].revoked_at is not None or found[0].expires_at <= now:
            raise NotAllowed("this token does not hold; make a new one with: refleqt token")
        return found[0]

    def issued(self, business_id: BusinessId, *roles: str) -> list[ApiToken]:
        """The records of the business's tokens of those roles, the newest first, those that hold no longer included."""
        with self.store.platform() as tx:
            return tx.find(ApiToken, *where(for_business=business_id, role__in=roles), order="-created_at")

    def revoke(self, token_id: UUID) -> ApiToken:
        """The token no longer holds. Revoked before: as it was."""
        with self.store.platform() as tx:
            token = tx.get(ApiToken, token_id)
            return token if token.revoked_at else tx.save(attrs.evolve(token, revoked_at=self.clock.now()))


def digest_of(secret: str) -> str:
    """What is kept of a token: its sha256. It has 256 random bits, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
