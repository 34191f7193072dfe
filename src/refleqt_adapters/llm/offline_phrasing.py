"""Which of several ways to say the same is taken, and how a quote stands in a sentence."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


class Variation:
    """Chooses among ways to say the same: always the same one for the same facts and place."""

    def __init__(self, facts: Mapping[str, Any]):
        self._seed = json.dumps(facts, sort_keys=True, default=str).encode()

    def pick(self, place: str, *ways: str) -> str:
        """One of ``ways``, by a hash of the facts and the ``place``."""
        digest = hashlib.sha256(self._seed + place.encode()).digest()
        return ways[int.from_bytes(digest[:4], "big") % len(ways)]


def quoted(text: str) -> str:
    """``text`` in quotation marks, without a stop before the closing one."""
    return f"“{bare(text)}”"


def bare(text: str) -> str:
    """``text`` without quotation marks around it and without a stop at its end."""
    return text.strip().rstrip(".!").strip('"“”')
