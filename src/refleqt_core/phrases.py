"""Stored keys as the words of a sentence: channels, artifact types, days, amounts and lists."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .everyday_words import is_everyday

CHANNEL_NAMES: Mapping[str, str] = {
    "linkedin": "LinkedIn", "twitter": "Twitter", "instagram": "Instagram", "facebook": "Facebook",
    "youtube": "YouTube", "google_ads": "Google Ads", "meta_ads": "Meta Ads", "linkedin_ads": "LinkedIn Ads",
}  # fmt: skip
_PLACES: Mapping[str, str] = {
    "blog": "on the blog", "email": "by email", "webinar": "in webinars", "podcast": "on the podcast",
    "community": "in the community", "partner": "through partners",
}  # fmt: skip
_ARTIFACTS: Mapping[str, str] = {"blog_copy": "blog article", "ad_copy": "ad"}
_ANGLES: Mapping[str, str] = {"roi": "return on investment"}
_SOURCES: Mapping[str, str] = {"crm": "the CRM", "csv": "the import", "seo": "the search console"}
_QUALIFIED = re.compile(r"\s(?:of|in|at|for|with|from|who|that)\s.*|\s*[,(].*")
_SPOKEN_WITH_VOWEL = "AEFHILMNORSX"
"""Letters whose names begin with a vowel: an SEO audit."""
_ABBREVIATED_KPIS: Mapping[str, str] = {"signups": "sign-ups"}


def channel_name(channel: str) -> str:
    """``google_ads`` as "Google Ads"."""
    return CHANNEL_NAMES.get(channel, spoken(channel))


def on_channel(channel: str) -> str:
    """``linkedin`` as "on LinkedIn", ``email`` as "by email"."""
    return _PLACES.get(channel, f"on {channel_name(channel)}")


def artifact_name(artifact_type: str) -> str:
    """``blog_copy`` as "blog article", ``case_study`` as "case study"."""
    return _ARTIFACTS.get(artifact_type, spoken(artifact_type))


def artifact_on(artifact_type: str, channel: str) -> str:
    """The artifact with its channel where that isn't said already: "social post on LinkedIn", "blog article"."""
    name, said = artifact_name(artifact_type), on_channel(channel)
    is_said = channel_name(channel).casefold() in name.casefold() or (artifact_type, channel) == ("newsletter", "email")
    return name if is_said else f"{name} {said}"


def source_name(source: str) -> str:
    """``crm`` as "the CRM", ``google_ads`` as "Google Ads"."""
    return _SOURCES.get(source, channel_name(source))


def with_article(noun: str) -> str:
    """ "an email", "a blog article"."""
    first = noun.split(" ")[0]
    if len(first) > 1 and first.isupper():
        return f"{'an' if first[0] in _SPOKEN_WITH_VOWEL else 'a'} {noun}"
    is_vowel = noun[:1].lower() in "aeiou" and not noun.lower().startswith(("uni", "use", "euro", "one"))
    return f"{'an' if is_vowel else 'a'} {noun}"


def angle_name(angle: str) -> str:
    """``fear_of_loss`` as "fear of loss", ``roi`` as "return on investment"."""
    return _ANGLES.get(angle, spoken(angle))


def kpi_name(kpi: str) -> str:
    """``demo_bookings`` as "demo bookings"."""
    return _ABBREVIATED_KPIS.get(kpi, spoken(kpi))


def spoken(key: str) -> str:
    """A stored key as words."""
    return " ".join(key.replace("_", " ").split())


def segment_name(name: str) -> str:
    """A segment's name inside a sentence: "Operations managers" as "operations managers", "IT leads" as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() or not name[1:2].isalpha() else name


def people(name: str) -> str:
    """A segment's name without what qualifies it: "finance directors of hotel groups" as "finance directors"."""
    return _QUALIFIED.sub("", name) or name


def inside(text: str) -> str:
    """``text`` as it stands inside a sentence: its first letter small, unless a name begins it."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if is_everyday(first) and first[1:] == first[1:].lower() else text


def amount(value: float) -> str:
    """A count without needless decimals: 40, 2.5."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def percent(share: float) -> int:
    """A probability as a whole number of per cent; what is not certain is neither 0 nor 100."""
    return round(100 * share) if share in (0.0, 1.0) else min(99, max(1, round(100 * share)))


def slot_name(slot: str) -> str:
    """``tuesday_morning`` as "Tuesday morning"."""
    words = spoken(slot)
    return words[:1].upper() + words[1:]


def local_date(moment: datetime, time_zone: str) -> str:
    """The ISO date of a moment where the business is."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def day_name(moment: datetime, time_zone: str) -> str:
    """ "Thursday 12 March 2026" where the business is."""
    return weekday_name(local_date(moment, time_zone))


def date_name(day: date) -> str:
    """ "12 March 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def span_name(first: date, last: date) -> str:
    """ "from 1 to 31 August 2026", "from 28 July 2026 to 3 August 2026"."""
    within = (first.year, first.month) == (last.year, last.month)
    return f"from {first.day if within else date_name(first)} to {date_name(last)}"


def weekday_name(iso: str) -> str:
    """``2026-03-12`` as "Thursday 12 March 2026"; what is no ISO date stays as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{_DAYS[day.weekday()]} {date_name(day)}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def listed(parts: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def capital(text: str) -> str:
    """``text`` with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """``text`` with a capital at its beginning and a stop at its end."""
    text = text.strip()
    return f"{capital(text)}{'' if text[-1:] in '.!?…' else '.'}" if text else ""
