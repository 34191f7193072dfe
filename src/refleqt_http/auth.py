"""Who is asking: a bearer token speaks for one business, and no path names another."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from refleqt_core.access import ApiToken
from refleqt_core.errors import NotAllowed
from refleqt_core.values import BusinessId

from .problems import REALM, UNAUTHENTICATED, Refused

if TYPE_CHECKING:
    from refleqt_adapters.container import Container

LONGEST_TOKEN = 512

READERS = frozenset({"owner", "member", "reviewer", "operator"})
"""A creator sees briefs that were offered, never what a business keeps."""

WRITERS = READERS - {"reviewer"}
OWNERS = frozenset({"owner"})
BUYERS = OWNERS


@attrs.frozen(kw_only=True)
class Caller:
    """Whoever sent the request, and the Refleqt that it was sent to.

    A change is asked for of one of ``only_versions`` alone; None: of any.
    """

    refleqt: "Container"
    token: ApiToken
    only_versions: Sequence[int] | None = None

    @property
    def business_id(self) -> BusinessId:
        """The one business that the caller can reach."""
        return self.token.for_business

    @property
    def name(self) -> str:
        """How records name the caller."""
        return self.token.label or f"{self.token.role} by token"


def bearer(authorization: str | None) -> str:
    """The token of an ``Authorization`` header. None there, or another scheme: `Refused` with 401."""
    scheme, _, secret = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(secret.strip()) <= LONGEST_TOKEN:
        raise Refused(UNAUTHENTICATED, "send the header Authorization: Bearer <token>; make one with: refleqt token")
    return secret.strip()


def caller_of(refleqt: "Container", secret: str, roles: frozenset[str]) -> Caller:
    """The caller that the token stands for.

    A token that does not hold: `Refused` with 401. One whose role is none of ``roles``: `NotAllowed`.
    """
    try:
        token = refleqt.tokens().verify(secret)
    except NotAllowed as error:
        raise Refused(UNAUTHENTICATED, str(error), WWW_Authenticate=f'{REALM}, error="invalid_token"') from error
    if token.role not in roles:
        raise NotAllowed(f"this needs one of the roles {', '.join(sorted(roles))}; this token's is '{token.role}'")
    return Caller(refleqt=refleqt, token=token)
