"""What the search plugins of WordPress keep with a post: Yoast, Rank Math, All in One SEO, SEOPress."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TITLES = ("_yoast_wpseo_title", "rank_math_title", "_aioseo_title", "_aioseop_title", "_seopress_titles_title")
_DESCRIPTIONS = (
    "_yoast_wpseo_metadesc",
    "rank_math_description",
    "_aioseo_description",
    "_aioseop_description",
    "_seopress_titles_desc",
)
_KEYWORDS = ("_yoast_wpseo_focuskw", "rank_math_focus_keyword", "_aioseo_keywords", "_seopress_analysis_target_kw")
_CANONICAL = (
    "_yoast_wpseo_canonical",
    "rank_math_canonical_url",
    "_aioseo_canonical_url",
    "_seopress_robots_canonical",
)
_DIRECTIVES: Mapping[str, tuple[str, str]] = {
    "_yoast_wpseo_meta-robots-noindex": ("1", "noindex"),
    "_yoast_wpseo_meta-robots-nofollow": ("1", "nofollow"),
    "_seopress_robots_index": ("yes", "noindex"),
    "_seopress_robots_follow": ("yes", "nofollow"),
}
"""The value of each that switches a directive on."""

_ROBOTS = ("rank_math_robots", "_yoast_wpseo_meta-robots-adv")
_PLACEHOLDER = re.compile(r"%%?[a-z_]+%%?|#[a-z_]+\b")
_TITLE = re.compile(r"%%title%%|%title%|%%post_title%%|#post_title")
_WORD = re.compile(r"no(?:index|follow|archive|snippet|imageindex)")

KNOWN = frozenset((*_TITLES, *_DESCRIPTIONS, *_KEYWORDS, *_CANONICAL, *_DIRECTIVES, *_ROBOTS))
"""The keys of post metadata that say something here."""


def search_fields(meta: Mapping[str, str], title: str) -> dict[str, Any]:
    """The search fields of an entry, by the first plugin that says something of each.

    A text with placeholders other than the title's is a template of the site and no text of the post: it is left out.
    """
    keywords = [word.strip() for word in _first(meta, _KEYWORDS).split(",") if word.strip()]
    directives = tuple(dict.fromkeys(_directives(meta)))
    return {
        "meta_title": _text(_first(meta, _TITLES), title),
        "meta_description": _text(_first(meta, _DESCRIPTIONS), title),
        "primary_keyword": keywords[0] if keywords else None,
        "secondary_keywords": tuple(keywords[1:]),
        "canonical_url": _first(meta, _CANONICAL) or None,
        "crawl_directives": directives,
        "index_status": "noindex" if "noindex" in directives else None,
    }


def _first(meta: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((meta[key].strip() for key in keys if meta.get(key, "").strip()), "")


def _text(written: str, title: str) -> str | None:
    filled = " ".join(_TITLE.sub(lambda _: title, written).split())
    return None if not filled or _PLACEHOLDER.search(_TITLE.sub("", written)) else filled


def _directives(meta: Mapping[str, str]) -> Iterator[str]:
    yield from (word for key, (on, word) in _DIRECTIVES.items() if meta.get(key, "").strip() == on)
    for key in _ROBOTS:
        yield from _WORD.findall(meta.get(key, ""))
