"""Which of Google Analytics 4's default channel groups a tagged visit falls into.

The rules are those that Google publishes for manual traffic ("[GA4] Default channel group", support.google.com/
analytics/answer/9756891), in its order; the first that holds decides. Google's list of sources names some 800 sites:
here are the well-known ones, so that a source that is missing here may be counted better there.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from .vocabulary import word_set

UNASSIGNED = "Unassigned"

SEARCH = word_set(
    """google bing yahoo duckduckgo ecosia baidu yandex ask aol naver daum seznam startpage qwant sogou so.com dogpile
    brave lycos onet rambler virgilio"""
)
SOCIAL = word_set(
    """facebook fb instagram ig linkedin lnkd twitter x.com t.co tiktok pinterest reddit quora tumblr snapchat whatsapp
    messenger wechat weibo vk vkontakte telegram threads mastodon bluesky bsky meetup discord slack yammer xing
    blogspot medium.com wordpress livejournal stackoverflow github producthunt ycombinator"""
)
VIDEO = word_set("youtube youtu.be vimeo twitch dailymotion netflix hulu disneyplus iqiyi ted crackle wistia")
SHOPPING = word_set("amazon ebay etsy shopify walmart alibaba aliexpress mercadolibre shopping.google rakuten")
EMAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})

_PAID = re.compile(r".*cp.*|ppc|retargeting|paid.*")
_SHOPPING_CAMPAIGN = re.compile(r".*(([^a-df-z]|^)shop|shopping).*")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL_MEDIUM = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})
_BEFORE_NAME = re.compile(r"^(?:https?://)?(?:www|m|mobile|l|lm|out|old|business|news|android-app:)\.")


class _Visit(NamedTuple):
    source: str
    medium: str
    campaign: str

    @property
    def is_paid(self) -> bool:
        return _PAID.fullmatch(self.medium) is not None

    @property
    def is_shopping(self) -> bool:
        return _is_of(self.source, SHOPPING) or _SHOPPING_CAMPAIGN.fullmatch(self.campaign) is not None


_Rule: TypeAlias = Callable[[_Visit], bool]

_RULES: tuple[tuple[str, _Rule], ...] = (
    ("Direct", lambda v: v.source in ("direct", "(direct)") and v.medium in ("(not set)", "(none)")),
    ("Cross-network", lambda v: "cross-network" in v.campaign),
    ("Paid Shopping", lambda v: v.is_paid and v.is_shopping),
    ("Paid Search", lambda v: v.is_paid and _is_of(v.source, SEARCH)),
    ("Paid Social", lambda v: v.is_paid and _is_of(v.source, SOCIAL)),
    ("Paid Video", lambda v: v.is_paid and _is_of(v.source, VIDEO)),
    ("Display", lambda v: v.medium in _DISPLAY),
    ("Paid Other", lambda v: v.is_paid),
    ("Organic Shopping", lambda v: v.is_shopping),
    ("Organic Social", lambda v: _is_of(v.source, SOCIAL) or v.medium in _SOCIAL_MEDIUM),
    ("Organic Video", lambda v: _is_of(v.source, VIDEO) or "video" in v.medium),
    ("Organic Search", lambda v: _is_of(v.source, SEARCH) or v.medium == "organic"),
    ("Referral", lambda v: v.medium in ("referral", "app", "link")),
    ("Email", lambda v: v.source in EMAIL or v.medium in EMAIL),
    ("Affiliates", lambda v: v.medium == "affiliate"),
    ("Audio", lambda v: v.medium == "audio"),
    ("SMS", lambda v: "sms" in (v.source, v.medium)),
    ("Mobile Push Notifications", lambda v: _is_push(v)),
)

EXPECTED_GROUPS = {
    "email": ("Email",),
    "linkedin": ("Organic Social",),
    "twitter": ("Organic Social",),
    "instagram": ("Organic Social",),
    "facebook": ("Organic Social",),
    "community": ("Organic Social", "Referral"),
    "youtube": ("Organic Video",),
    "google_ads": ("Paid Search", "Display", "Paid Shopping", "Paid Video", "Cross-network"),
    "meta_ads": ("Paid Social",),
    "linkedin_ads": ("Paid Social",),
    "podcast": ("Audio",),
    "partner": ("Referral", "Affiliates"),
}
"""Where visits of a calendar's channel should be counted; the channels that are missing are counted anywhere."""


@lru_cache(4_096)
def channel_group(source: str | None, medium: str | None, campaign: str | None = None) -> str:
    """The name of the default channel group; case makes no difference. No rule holds: `UNASSIGNED`."""
    visit = _Visit(*(" ".join((text or "").lower().split()) for text in (source, medium, campaign)))
    return next((name for name, holds in _RULES if holds(visit)), UNASSIGNED)


def is_swapped(source: str | None, medium: str | None) -> bool:
    """Whether source and medium seem to stand in each other's place: they mean more the other way round."""
    if not source or not medium:
        return False
    names = (SEARCH, SOCIAL, VIDEO, SHOPPING)
    medium_is_site = any(_is_of(medium.lower(), group) for group in names)
    source_is_site = any(_is_of(source.lower(), group) for group in names)
    source_is_medium = source.lower() in {*EMAIL, "cpc", "ppc", "paid", "organic", "referral", *_DISPLAY, "social"}
    return (medium_is_site and not source_is_site) or (source_is_medium and medium.lower() in _SENDERS)


_SENDERS = frozenset({"newsletter", "mailchimp", "hubspot", "klaviyo", "brevo", "sendgrid", "partner"})


def _is_of(source: str, names: frozenset[str]) -> bool:
    """Whether the source is one of the sites, by its name, its host, or a part of that (``m.facebook.com``)."""
    host = _BEFORE_NAME.sub("", source)
    return source in names or host in names or ("." in host and any(f"{name}." in f"{host}." for name in _bare(names)))


@lru_cache(8)
def _bare(names: frozenset[str]) -> frozenset[str]:
    """The names that a host begins with; two letters are too few to tell."""
    return frozenset(name for name in names if len(name) > 2)


def _is_push(visit: _Visit) -> bool:
    said = visit.medium
    return said.endswith("push") or "mobile" in said or "notification" in said or visit.source == "firebase"
