"""Small English: which variant of a phrase, articles, lists, dates and the names of channels."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

_DISPLAY = {
    "linkedin": "LinkedIn", "youtube": "YouTube", "tiktok": "TikTok", "github": "GitHub", "seo": "SEO", "faq": "FAQ",
    "crm": "CRM", "pr": "PR", "ebook": "e-book", "blog": "blog", "instagram": "Instagram", "facebook": "Facebook",
    "pinterest": "Pinterest", "google": "Google", "reddit": "Reddit", "b2b": "B2B", "b2c": "B2C", "saas": "SaaS",
    "icp": "ICP", "roi": "ROI",
}  # fmt: skip
_ON_CHANNEL = {
    "email": "by email", "blog": "on the blog", "website": "on the website", "webinar": "in a webinar", "ads": "in ads",
    "podcast": "on the podcast", "seo": "through search", "events": "at an event", "event": "at an event",
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Variation:
    """Chooses among ways to say the same: always the same one for the same facts and place."""

    def __init__(self, facts: Mapping[str, Any]):
        self._seed = json.dumps(facts, sort_keys=True, default=str).encode()

    def pick(self, place: str, *ways: str) -> str:
        """One of ``ways``, by a hash of the facts and the ``place``."""
        digest = hashlib.sha256(self._seed + place.encode()).digest()
        return ways[int.from_bytes(digest[:4], "big") % len(ways)]


def readable(key: str) -> str:
    """``linkedin_post`` as "LinkedIn post"."""
    return " ".join(_DISPLAY.get(word.casefold(), word) for word in key.replace("_", " ").split())


def on_channel(channel: str) -> str:
    """``linkedin`` as "on LinkedIn", ``email`` as "by email"."""
    return _ON_CHANNEL.get(channel.casefold(), f"on {readable(channel)}")


def with_article(noun: str) -> str:
    """``noun`` behind "a" or "an"; an abbreviation by how its first letter is spoken."""
    first = noun.split(" ")[0]
    spoken = first[0] in "AEFHILMNORSX" if first.isupper() and len(first) > 1 else first[:1].casefold() in "aeiou"
    if first.casefold().startswith(("uni", "use", "user", "euro", "one")):
        spoken = False
    return f"{'an' if spoken else 'a'} {noun}"


def sentence(text: str) -> str:
    """``text`` with a capital at its beginning and a stop at its end."""
    text = text.strip()
    return f"{capital(text)}{'' if text[-1:] in '.!?…' else '.'}" if text else ""


def capital(text: str) -> str:
    """``text`` with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def day(iso: str) -> str:
    """``2026-03-12`` as "Thursday 12 March 2026"; what is no ISO date stays as it is."""
    try:
        moment = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def quoted(text: str) -> str:
    """``text`` in quotation marks, without a stop before the closing one."""
    inner = text.strip().rstrip(".!").strip('"“”')
    return f"“{inner}”"
