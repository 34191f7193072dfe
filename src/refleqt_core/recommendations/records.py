"""How recommendations are made, in versions that can be read and reverted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import attrs

from ..entities import Owned
from ..values import aware, one_of


@attrs.frozen(kw_only=True)
class RecommendationPolicy(Owned):
    """The parameters that one version of the policy recommends with, and why it came."""

    unique: ClassVar[tuple[tuple[str, ...], ...]] = (("business_id", "policy_version"),)

    policy_version: str
    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    status: str = attrs.field(default="active", validator=one_of("active", "retired", "refused"))
    reason: str = ""
    adopted_at: datetime = attrs.field(validator=aware)
