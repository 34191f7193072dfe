"""Who may speak for a business."""

from datetime import datetime
from typing import ClassVar

import attrs

from .entities import Entity
from .values import BusinessId, aware, one_of

ROLES = ("owner", "member", "creator", "reviewer", "operator")


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
