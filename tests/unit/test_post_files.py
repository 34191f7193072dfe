"""Exports of WordPress and Ghost come in as entries, or every fault of them is named by its place."""

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from composition import Composition
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refleqt_adapters.connectors import ghost_file, wordpress_items
from refleqt_adapters.connectors.file_kinds import FILE_KINDS, sniff
from refleqt_adapters.connectors.wordpress_file import read_wordpress
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.drafts import ImportedFile

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Site</title><link>https://example.com</link>
<wp:base_blog_url>https://example.com/blog</wp:base_blog_url>
<wp:author><wp:author_login><![CDATA[ann]]></wp:author_login>
<wp:author_display_name><![CDATA[Ann Bee]]></wp:author_display_name></wp:author>
"""
FIRST_ROW = 9
"""Where the first item begins."""


def item(*, meta: dict[str, str] | None = None, terms: dict[str, str] | None = None, **said: str) -> str:
    """A post of WordPress; ``said`` are its fields, their prefixes left out."""
    fields = {
        "title": "Ten tips",
        "link": "https://example.com/blog/ten-tips/",
        "creator": "ann",
        "post_id": "12",
        "post_date_gmt": "2026-03-03 08:00:00",
        "post_name": "ten-tips",
        "status": "publish",
        "post_type": "post",
    } | said
    names = {"creator": "dc:creator", "title": "title", "link": "link", "pubDate": "pubDate"}
    written = "".join(
        f"<{names.get(name, f'wp:{name}')}><![CDATA[{value}]]></{names.get(name, f'wp:{name}')}>"
        for name, value in fields.items()
    )
    labels = "".join(
        f'<category domain="{domain}"><![CDATA[{term}]]></category>' for term, domain in (terms or {}).items()
    )
    kept = "".join(
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        for key, value in (meta or {}).items()
    )
    return f"<item>{written}{labels}<content:encoded><![CDATA[<p>Text</p>]]></content:encoded>{kept}</item>\n"


def site(*items: str) -> str:
    return f"{HEAD}{''.join(items)}</channel></rss>\n"


def post(**said: Any) -> dict[str, Any]:
    """A post of Ghost."""
    return {
        "id": "6501",
        "uuid": "ab-cd",
        "title": "Ten tips",
        "slug": "ten-tips",
        "type": "post",
        "status": "published",
        "published_at": "2026-03-03T08:00:00.000Z",
        "created_at": "2026-02-01T08:00:00.000Z",
        "html": "<p>Text</p>",
    } | said


def ghost(*posts: dict[str, Any], wrapped: bool = True, **tables: Any) -> str:
    data = {"posts": list(posts), **tables}
    return json.dumps({"db": [{"meta": {"version": "5.80"}, "data": data}]} if wrapped else {"data": data})


@pytest.fixture
def read(tmp_path: Path):
    """Reads a text as the export of one of the two, which its first sign tells."""

    def from_text(content: str | bytes, *, kind: str = "", skip: bool = False):
        raw = content.encode() if isinstance(content, str) else content
        told = kind or ("ghost" if raw.startswith(b"{") else "wordpress")
        file = tmp_path / ("x.json" if told == "ghost" else "x.xml")
        file.write_bytes(raw)
        return FILE_KINDS[told].read(file, skip_bad_rows=skip)

    return from_text


@pytest.fixture
def refused(read):
    def from_text(content: str | bytes, kind: str = ""):
        with pytest.raises(InvalidInput) as caught:
            read(content, kind=kind)
        assert all(fault.source.endswith(("x.xml", "x.json")) and fault.remedy for fault in caught.value.faults)
        return [(fault.row, fault.field, fault.problem) for fault in caught.value.faults]

    return from_text


# WordPress


def test_a_published_post_says_all_that_wordpress_knows_of_it(read):
    (draft,) = read(site(item(terms={"News": "category", "how-to": "post_tag", "Uncategorized": "category"}))).items
    assert (draft.external_id, draft.title, draft.artifact_type) == ("example.com/blog/?p=12", "Ten tips", "blog_copy")
    assert (draft.status, draft.owner, draft.tags) == ("published", "Ann Bee", ("News", "how-to"))
    assert draft.publish_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert (draft.url_slug, draft.canonical_url) == ("ten-tips", "https://example.com/blog/ten-tips/")
    assert draft.channel == "blog"
    assert draft.given == {
        *("external_id", "title", "artifact_type", "status", "owner", "tags", "publish_at", "url_slug"),
        "canonical_url",
    }


@pytest.mark.parametrize(
    ("status", "expected", "dated"),
    [
        ("publish", "published", True),
        ("private", "published", True),
        ("future", "scheduled", True),
        ("pending", "in_review", False),
        ("draft", "in_production", False),
    ],
)
def test_a_status_of_wordpress_is_one_of_ours(read, status, expected, dated):
    (draft,) = read(site(item(status=status))).items
    assert (draft.status, draft.publish_at is not None, "publish_at" in draft.given) == (expected, dated, dated)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"status": "trash"}, "a post that is 'trash' in WordPress"),
        ({"status": "auto-draft"}, "a post that is 'auto-draft' in WordPress"),
        ({"post_type": "attachment", "status": "inherit"}, "attachment, which is nothing that is published"),
        ({"post_type": "nav_menu_item"}, "nav_menu_item, which is nothing that is published"),
    ],
)
def test_what_is_nothing_that_goes_out_is_passed_over_and_counted(read, said, what):
    content = read(site(item(), item(post_id="13", **said), item(post_id="14", **said)))
    assert (len(content.items), content.passed_over) == (1, 2)
    assert f"passed over: {what} (2 times: row {FIRST_ROW + 1}, {FIRST_ROW + 2})" in content.notes


@pytest.mark.parametrize(
    ("post_type", "artifact_type", "is_stated"),
    [("page", "landing_page", True), ("webinar", "webinar", True), ("recipe", "blog_copy", False)],
)
def test_the_type_of_a_post_says_what_it_is(read, post_type, artifact_type, is_stated):
    content = read(site(item(post_type=post_type)))
    assert content.items[0].artifact_type == artifact_type
    assert ("artifact_type" in content.items[0].given) is is_stated
    assert is_stated or content.notes == (f"type 'recipe' is taken for blog_copy (row {FIRST_ROW})",)


YOAST = {
    "_yoast_wpseo_title": "%%title%% for all",
    "_yoast_wpseo_metadesc": "Read them",
    "_yoast_wpseo_focuskw": "tips",
    "_yoast_wpseo_canonical": "https://example.com/tips",
    "_yoast_wpseo_meta-robots-noindex": "1",
}
RANK_MATH = {
    "rank_math_title": "%title% for all",
    "rank_math_description": "Read them",
    "rank_math_focus_keyword": "tips",
    "rank_math_canonical_url": "https://example.com/tips",
    "rank_math_robots": 'a:1:{i:0;s:7:"noindex";}',
}


@pytest.mark.parametrize("meta", [YOAST, RANK_MATH], ids=["Yoast", "Rank Math"])
def test_search_fields_come_from_the_usual_plugins(read, meta):
    (draft,) = read(site(item(meta={"_elementor_data": "x" * 50_000} | meta))).items
    assert (draft.meta_title, draft.meta_description) == ("Ten tips for all", "Read them")
    assert (draft.primary_keyword, draft.canonical_url) == ("tips", "https://example.com/tips")
    assert (draft.index_status, draft.crawl_directives) == ("noindex", ("noindex",))


def test_a_title_for_search_that_is_a_template_of_the_site_is_left_out(read):
    (draft,) = read(site(item(meta={"_yoast_wpseo_title": "%%title%% %%sep%% %%sitename%%"}))).items
    assert draft.meta_title is None
    assert "meta_title" not in draft.given


def test_a_slug_of_other_scripts_is_decoded_and_one_at_fault_left_out_and_said(read):
    content = read(site(item(post_name="%e6%97%a5%e6%9c%ac"), item(post_id="13", post_name="a_b")))
    assert [draft.url_slug for draft in content.items] == ["日本", None]
    assert any(note.startswith("url_slug is not kept") for note in content.notes)


def test_a_post_without_a_date_in_gmt_has_that_of_the_feed(read):
    said = {"post_date_gmt": "0000-00-00 00:00:00", "pubDate": "Tue, 03 Mar 2026 10:00:00 +0100"}
    assert read(site(item(**said))).items[0].publish_at == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_a_post_without_a_title_is_named_by_its_slug(read):
    content = read(site(item(title="")))
    assert content.items[0].title == "ten-tips"
    assert f"without a title, so it is named by its slug or id (row {FIRST_ROW})" in content.notes


def test_a_large_export_needs_little_memory(tmp_path: Path):
    file = tmp_path / "large.xml"
    filler = "<p>Some words of a long post.</p>\n" * 4_000
    with file.open("w") as out:
        out.write(HEAD)
        for at in range(150):
            out.write(item(post_id=str(at)).replace("<p>Text</p>", filler))
        out.write("</channel></rss>")
    tracemalloc.start()
    content = read_wordpress(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(content.items) == 150
    assert file.stat().st_size > 20_000_000
    assert peak < 3_000_000


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss xmlns:wp="x"><channel><item><title>&b;</title></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<rss xmlns:wp="x"><channel><item><title>&a;</title></item></channel></rss>"""

BROKEN_SITES = {
    "nothing": ("", None, None, "empty"),
    "no XML": ("id,title\n1,a", 1, None, "not well-formed"),
    "HTML": ("<html><body><br></body></html>", 1, None, "no export of WordPress"),
    "a feed": ('<rss version="2.0"><channel/></rss>', 1, None, "no export of WordPress"),
    "cut off": (site(item())[:-60], None, None, "not well-formed"),
    "tags crossed": (site("<item><title>x</item></title>"), FIRST_ROW, None, "not well-formed"),
    "an ampersand": (site(item().replace("<item>", "<item><link>a&b</link>")), FIRST_ROW, None, "not well-formed"),
    "a control character": (site(item(title="a\x0bb")), FIRST_ROW, None, "not well-formed"),
    "an encoding that is none": (HEAD.replace("UTF-8", "klingon") + "</channel></rss>", 1, None, ""),
    "not UTF-8": (site(item()).encode().replace(b"Ten", b"\xff\xfe"), FIRST_ROW, None, "not well-formed"),
    "a bomb of entities": (BOMB, 1, None, "document type or entities"),
    "an entity of outside": (OUTSIDE, 1, None, "document type or entities"),
    "nested for ever": (HEAD + "<a>" * 200, FIRST_ROW, None, "nested too deeply"),
    "no item": (site(), None, None, "no posts"),
    "a post without a number": (site(item(post_id="")), FIRST_ROW, "wp:post_id", "no number"),
    "a number that is none": (site(item(post_id="twelve")), FIRST_ROW, "wp:post_id", "no number"),
    "a status that is none": (site(item(status="gone")), FIRST_ROW, "wp:status", "'gone' is no status"),
    "no type": (site(item(post_type="")), FIRST_ROW, "wp:post_type", "what it is"),
    "a date that is none": (site(item(post_date_gmt="yesterday")), FIRST_ROW, "wp:post_date_gmt", "not a date"),
    "a date of no year": (site(item(post_date_gmt="0026-03-03 08:00:00")), FIRST_ROW, "wp:post_date_gmt", "not a date"),
    "the same post twice": (site(item(), item()), FIRST_ROW + 1, "wp:post_id", "stands in row"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_SITES)
def test_a_broken_export_of_wordpress_names_row_and_remedy(refused, name):
    content, row, field, problem = BROKEN_SITES[name]
    found = refused(content, "wordpress")
    assert any((row is None or fault[0] == row) and fault[1] == field and problem in fault[2] for fault in found), found


def test_every_post_at_fault_is_named_and_the_others_can_be_kept(read, refused):
    content = site(item(status="gone"), item(post_id="13"), item(post_id="x", post_type=""))
    assert [(row, field) for row, field, _ in refused(content)] == [
        (FIRST_ROW, "wp:status"),
        (FIRST_ROW + 2, "wp:post_id"),
        (FIRST_ROW + 2, "wp:post_type"),
    ]
    kept = read(content, skip=True)
    assert [draft.external_id for draft in kept.items] == ["example.com/blog/?p=13"]
    assert [line.row for line in kept.rejected] == [FIRST_ROW, FIRST_ROW + 2]


def test_an_export_too_large_is_refused(refused, monkeypatch):
    monkeypatch.setattr(wordpress_items, "SIZE_LIMIT", 500)
    assert "larger than 500 bytes" in refused(site(item()))[0][2]


# Ghost


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_post_of_ghost_is_an_entry_in_both_shapes_of_its_export(read, wrapped):
    tables = {
        "tags": [{"id": "t1", "name": "News"}, {"id": "t2", "name": "#hidden"}],
        "posts_tags": [{"post_id": "6501", "tag_id": "t2", "sort_order": 0}, {"post_id": "6501", "tag_id": "t1"}],
        "users": [{"id": "u1", "name": "Ann Bee"}, {"id": "u2", "name": "Cy Dee"}],
        "posts_authors": [
            {"post_id": "6501", "author_id": "u2", "sort_order": 1},
            {"post_id": "6501", "author_id": "u1", "sort_order": 0},
        ],
        "posts_meta": [{"post_id": "6501", "meta_title": "Tips for all", "meta_description": "Read them"}],
    }
    (draft,) = read(ghost(post(), wrapped=wrapped, **tables)).items
    assert (draft.external_id, draft.title, draft.artifact_type) == ("ghost-ab-cd", "Ten tips", "blog_copy")
    assert (draft.status, draft.owner, draft.team, draft.tags) == ("published", "Ann Bee", ("Cy Dee",), ("News",))
    assert (draft.meta_title, draft.meta_description) == ("Tips for all", "Read them")
    assert (draft.url_slug, draft.channel) == ("ten-tips", "blog")
    assert draft.publish_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert draft.created_at == datetime(2026, 2, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "status", "artifact_type"),
    [
        ({"status": "draft", "published_at": None}, "in_production", "blog_copy"),
        ({"status": "scheduled"}, "scheduled", "blog_copy"),
        ({"status": "scheduled", "published_at": None}, "in_review", "blog_copy"),
        ({"status": "sent"}, "published", "newsletter"),
        ({"type": "page"}, "published", "landing_page"),
        ({"type": None, "page": 1}, "published", "landing_page"),
    ],
)
def test_status_and_type_of_ghost_are_ours(read, said, status, artifact_type):
    (draft,) = read(ghost(post(**said))).items
    assert (draft.status, draft.artifact_type) == (status, artifact_type)


def test_a_post_that_is_mailed_too_goes_out_on_both(read):
    assert read(ghost(post(newsletter_id="n1"))).items[0].channels == ("blog", "email")


def test_times_of_old_exports_are_milliseconds(read):
    (draft,) = read(ghost(post(published_at=1772524800000))).items
    assert draft.publish_at == datetime(2026, 3, 3, 8, tzinfo=UTC)


BROKEN_EXPORTS = {
    "nothing": ("", None, None, "empty"),
    "no JSON": ("{db:", 1, None, "not JSON"),
    "cut off": (ghost(post())[:-9], 1, None, "not JSON"),
    "a list": ("[]", None, "db", "no export of Ghost"),
    "another export": ('{"data": {"users": []}}', None, "db", "no export of Ghost"),
    "an empty database": ('{"db": []}', None, "db", "no export of Ghost"),
    "a database that is none": ('{"db": [1]}', None, "db", "no export of Ghost"),
    "posts that are none": ('{"data": {"posts": 1}}', None, "posts", "not a list"),
    "a post that is none": ('{"data": {"posts": [1]}}', None, "posts", "not a list"),
    "tags that are none": ('{"data": {"posts": [], "tags": [1]}}', None, "tags", "not a list"),
    "no posts": (ghost(), None, None, "no posts"),
    "not UTF-8": (b'{"db": "\xff"}', 1, None, "not UTF-8"),
    "nested for ever": ('{"db": ' + "[" * 100_000, None, None, "too deeply"),
    "a number for ever": ('{"db": ' + "1" * 5_000 + "}", None, None, "digits"),
    "no id": (ghost(post(id=None, uuid=None)), 1, "id", "no id"),
    "a status that is none": (ghost(post(), post(uuid="x", status="gone")), 2, "status", "'gone' is no status"),
    "a date that is none": (ghost(post(published_at="soon")), 1, "published_at", "not a moment"),
    "a date that is a list": (ghost(post(created_at=[1])), 1, "created_at", "not a moment"),
    "a date of no year": (ghost(post(published_at=10**17)), 1, "published_at", "not a moment"),
    "the same post twice": (ghost(post(), post()), 2, "id", "stands in row 1 too"),
    "a NUL in a tag": (
        ghost(post(), tags=[{"id": "t", "name": "a\0"}], posts_tags=[{"post_id": "6501", "tag_id": "t"}]),
        1,
        "tags",
        "NUL",
    ),
    "half of a character": (ghost(post(title="a\ud800")), 1, "title", "surrogate"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_EXPORTS)
def test_a_broken_export_of_ghost_names_place_and_remedy(refused, name):
    content, row, field, problem = BROKEN_EXPORTS[name]
    found = refused(content, "ghost")
    assert any(fault[:2] == (row, field) and problem in fault[2] for fault in found), found


def test_an_export_of_ghost_too_large_is_refused(refused, monkeypatch):
    monkeypatch.setattr(ghost_file, "SIZE_LIMIT", 1_000)
    assert "larger than 1,000 bytes" in refused(" " * 1_000 + ghost(post()), "ghost")[0][2]


# both

TAGS = st.sampled_from(
    ["item", "title", "category", "wp:postmeta", "wp:meta_key", "wp:meta_value", "wp:status", "wp:post_id"]
)
MARKUP = st.lists(
    TAGS.map("<{}>".format) | TAGS.map("</{}>".format) | st.text(max_size=5) | st.just("<![CDATA[") | st.just("]]>"),
    max_size=20,
).map(lambda parts: HEAD + "".join(parts) + "</channel></rss>")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["published", "2026-03-03"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "title", "status", "published_at", "slug", "post_id", "tag_id", "sort_order", "type"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
TABLES = st.dictionaries(
    st.sampled_from(["posts", "tags", "posts_tags", "users", "posts_meta"]), st.lists(JSON, max_size=3)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200) | MARKUP.map(str.encode))
def test_any_bytes_are_an_export_of_wordpress_or_invalid_input(read, content):
    try:
        assert read(content, kind="wordpress").items
    except InvalidInput as error:
        assert all(fault.problem and fault.remedy for fault in error.faults)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200) | TABLES.map(lambda data: json.dumps({"data": data}).encode()))
def test_any_bytes_are_an_export_of_ghost_or_invalid_input(read, content):
    try:
        assert read(content, kind="ghost").items
    except InvalidInput as error:
        assert all(fault.problem and fault.remedy for fault in error.faults)


@pytest.mark.parametrize(("name", "kind", "content"), [("x.xml", "wordpress", site()), ("x.json", "ghost", ghost())])
def test_an_export_is_known_by_what_is_in_it(tmp_path: Path, name: str, kind: str, content: str):
    (tmp_path / name).write_text(content)
    assert sniff(tmp_path / name) == kind
    (tmp_path / name).write_text("<svg/>" if kind == "wordpress" else '{"colour": 1}')
    with pytest.raises(InvalidInput, match="no kind of file that is known"):
        sniff(tmp_path / name)


@pytest.mark.parametrize(
    ("first", "second"),
    [(site(item()), site(item(title="Eleven tips"))), (ghost(post()), ghost(post(title="Eleven tips")))],
    ids=["WordPress", "Ghost"],
)
def test_importing_twice_is_once_and_what_people_added_stays(read, refleqt: Composition, first: str, second: str):
    business = refleqt.business()
    file = ImportedFile(name="x", blob="b")
    refleqt.calendar.import_entries(business, read(first).items, file)
    (entry,) = refleqt.calendar.find(business)
    refleqt.calendar.edit(business, entry.id, {"funnel_stage": "tofu", "channel": "linkedin"})
    same = refleqt.calendar.import_entries(business, read(first).items, file)
    assert (same.new, same.changed, same.unchanged) == (0, 0, 1)
    assert refleqt.calendar.import_entries(business, read(second).items, file).changed == 1
    (changed,) = refleqt.calendar.find(business)
    assert (changed.title, changed.funnel_stage, changed.channel) == ("Eleven tips", "tofu", "linkedin")
