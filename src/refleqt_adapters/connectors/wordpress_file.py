"""Posts and pages from an export of WordPress: WXR, which is RSS with fields of WordPress's own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from refleqt_core.errors import Fault
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.intake.vocabulary import word_set

from .keyed_rows import FileContent
from .posts import Post, Posts
from .reading import in_years
from .search_plugins import search_fields
from .wordpress_items import Author, Item, read_items

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "publish": "published",
        "private": "published",
        "future": "scheduled",
        "pending": "in_review",
        "draft": "in_production",
    }
)
LEFT_OUT = frozenset(("trash", "auto-draft", "inherit"))

PLUMBING = word_set(
    """attachment revision nav_menu_item custom_css customize_changeset oembed_cache user_request wp_block wp_template
    wp_template_part wp_global_styles wp_navigation wp_font_family wp_font_face acf-field acf-field-group
    elementor_library elementor_snippet wpcf7_contact_form wpforms feedback shop_order shop_coupon product_variation
    jp_pay_order scheduled-action"""
)
"""Post types that hold the site together and are nothing that anybody publishes."""

_NO_DATE = "0000-00-00"
_UNCATEGORIZED = "uncategorized"


def read_wordpress(path: Path, *, skip_bad_rows: bool = False) -> FileContent[EntryDraft]:
    """The posts, pages and custom posts of the export as entries, each named by the site and the post's number.

    What is in the bin, attachments, menus and the like are passed over and counted. Titles and descriptions for search
    come from the usual plugins. Dates are those in GMT. The file is read as a stream, whatever its size; one that is no
    WXR, or declares entities, raises `InvalidInput`, as do posts at fault unless ``skip_bad_rows`` keeps them apart.
    """
    source = str(path)
    posts = Posts(source, "wp:post_id")
    site = ""
    authors: dict[str, str] = {}
    for each in read_items(path):
        if isinstance(each, Author):
            authors[each.login] = each.name or each.login
        elif isinstance(each, str):
            site = _site(each) or site
        else:
            _take(source, each, site, authors, posts)
    return posts.content(skip_bad_rows=skip_bad_rows)


def _site(address: str) -> str:
    """What tells the site from others: its host, and the path where a host has several."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path.rstrip('/')}" if parts.netloc else ""


def _take(source: str, item: Item, site: str, authors: Mapping[str, str], posts: Posts) -> None:
    """The item is among the posts, or passed over for what it is."""
    said = item.fields
    kind, status = said.get("wp:post_type", ""), said.get("wp:status", "")
    if kind in PLUMBING:
        posts.remarks.pass_over(f"{kind}, which is nothing that is published", item.row)
    elif status in LEFT_OUT:
        posts.remarks.pass_over(f"a {kind or 'post'} that is '{status}' in WordPress", item.row)
    elif faults := _faults(source, item, kind, status):
        posts.reject(item.row, f"{said.get('wp:post_id', '')} {said.get('title', '')}", *faults)
    else:
        posts.add(_post(item, site, authors, posts))


def _faults(source: str, item: Item, kind: str, status: str) -> list[Fault]:
    faults = []
    if not item.fields.get("wp:post_id", "").isascii() or not item.fields.get("wp:post_id", "").isdecimal():
        remedy = "Export the site again; every item has its wp:post_id."
        faults.append(Fault(source, item.row, "wp:post_id", "the item has no number", remedy))
    if not kind:
        remedy = "Write post or page into its wp:post_type."
        faults.append(Fault(source, item.row, "wp:post_type", "the item does not say what it is", remedy))
    if status not in STATUSES:
        problem = f"'{status[:50]}' is no status of WordPress that says how far a post is"
        remedy = f"Give it one of: {', '.join(STATUSES)}."
        faults.append(Fault(source, item.row, "wp:status", problem, remedy))
    try:
        _moment(item)
    except ValueError:
        problem = f"'{item.fields.get('wp:post_date_gmt', '')[:50]}' is not a date"
        remedy = "Write it like 2026-03-31 09:00:00."
        faults.append(Fault(source, item.row, "wp:post_date_gmt", problem, remedy))
    return faults


def _post(item: Item, site: str, authors: Mapping[str, str], posts: Posts) -> Post:
    said, title = item.fields, item.fields.get("title", "")
    status = STATUSES[said["wp:status"]]
    if said["wp:status"] == "private":
        posts.remarks.say("private, and taken for published", item.row)
    labels = tuple(term for domain, term in item.terms if domain in ("category", "post_tag"))
    tags = tuple(dict.fromkeys(term for term in labels if term and term.casefold() != _UNCATEGORIZED))
    is_out = status in ("published", "scheduled")
    search = search_fields(item.meta, title)
    link = said.get("link", "") if status == "published" and "?p" not in said.get("link", "") else ""
    fields: dict[str, Any] = {
        "owner": authors.get(said.get("dc:creator", ""), said.get("dc:creator", "")),
        "tags": tags,
    }
    derived = search | {
        "url_slug": unquote(said.get("wp:post_name", "")) or None,
        "canonical_url": search["canonical_url"] or link or None,
    }
    return Post(
        row=item.row,
        name=f"{site or 'wordpress'}/?p={said['wp:post_id']}",
        title=title,
        kind=said["wp:post_type"],
        status=status,
        publish_at=_moment(item) if is_out else None,
        labels=labels,
        said=fields,
        derived=derived,
    )


def _moment(item: Item) -> datetime | None:
    """When it was or will be published, in UTC; without a date in GMT, as the feed says; None where nothing does."""
    gmt, feed = item.fields.get("wp:post_date_gmt", ""), item.fields.get("pubDate", "")
    if gmt and not gmt.startswith(_NO_DATE):
        return in_years(datetime.strptime(gmt, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC))
    # A draft's date in the feed is that of 1970 or a year before Christ, which says nothing.
    if not feed or " -0001 " in feed:
        return None
    moment = parsedate_to_datetime(feed)
    return in_years(moment.astimezone(UTC)) if moment.tzinfo else None
