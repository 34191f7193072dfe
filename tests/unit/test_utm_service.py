"""The links of entries: templates, tagging, and reading back whose link it is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from composition import NOON, Composition, draft
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.calendar import CHANNELS, CalendarEntry
from refleqt_core.intake.utm import Utm, read
from refleqt_core.intake.utm_patterns import BUILT_IN, PLACES, Pattern, built_in, check, filled
from refleqt_core.intake.utm_remarks import value_remarks
from refleqt_core.intake.utm_service import UtmService
from refleqt_core.values import BusinessId

PAGE = "https://brine.example/waste"


@pytest.fixture
def business(refleqt: Composition) -> BusinessId:
    return refleqt.business(website="brine.example")


@pytest.fixture
def utm(refleqt: Composition) -> UtmService:
    return UtmService(store=refleqt.store, calendar=refleqt.calendar, ids=refleqt.ids)


def saved(refleqt: Composition, business: BusinessId, external_id: str = "E-1", **fields: Any) -> CalendarEntry:
    given = {"campaign": "Spring: R&D Sale", "canonical_url": f"https://brine.example/{external_id.lower()}"}
    return refleqt.calendar.save(business, draft(external_id, **(given | fields)))


def test_the_link_of_an_entry_says_where_it_goes_out_and_what_it_is(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    link = utm.link(business, saved(refleqt, business).id)
    assert link.url == (
        "https://brine.example/e-1?utm_source=linkedin&utm_medium=social&utm_campaign=spring-r-d-sale&utm_content=e-1"
    )
    assert (link.group, link.remarks, link.template) == ("Organic Social", (), "built-in for linkedin")


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_a_template_that_analytics_counts_as_it_is_meant(channel: str) -> None:
    made = filled(built_in(channel), draft(channel=channel, campaign="spring", artifact_type="newsletter"), None)
    assert value_remarks(made, channel) == ()
    assert made.utm_content == "e-1"
    assert channel in BUILT_IN


def test_the_entrys_own_parameters_go_before_those_of_the_default_template(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    entry = saved(refleqt, business, utm_source="Partner Blog", utm_content="hero")
    assert utm.link(business, entry.id).utm == Utm(
        utm_source="partner-blog", utm_medium="social", utm_campaign="spring-r-d-sale", utm_content="hero"
    )


def test_a_template_that_is_named_goes_before_the_entrys_own(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    entry = saved(refleqt, business, utm_source="partner", utm_term="kept")
    utm.save_template(business, "posts", {"utm_source": "{channel}", "utm_medium": "social"})
    made = utm.link(business, entry.id, template="posts")
    assert (made.utm.utm_source, made.utm.utm_term, made.template) == ("linkedin", "kept", "posts")


def test_the_businesss_template_of_a_channel_is_used_there(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    patterns = {"utm_source": "li", "utm_medium": "social", "utm_campaign": "{date:%Y-%m}_{campaign}-{persona?}"}
    utm.save_template(business, "posts", patterns, channel="linkedin")
    entry = saved(refleqt, business, publish_at=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    assert utm.link(business, entry.id).utm.utm_campaign == "2026-03_spring-r-d-sale"
    assert utm.link(business, entry.id, channel="email").utm.utm_source == "social-post"


def test_the_day_is_that_of_the_business(refleqt: Composition) -> None:
    business = refleqt.business(slug="east", time_zone="Asia/Tokyo")
    utm = UtmService(store=refleqt.store, calendar=refleqt.calendar, ids=refleqt.ids)
    utm.save_template(business, "dated", {"utm_source": "a", "utm_medium": "b", "utm_campaign": "{date}"})
    entry = saved(refleqt, business, publish_at=datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    assert utm.link(business, entry.id, template="dated").utm.utm_campaign == "2026-04-01"


def test_where_an_entry_is_published_is_told_by_its_address_or_its_slug(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    entry = saved(refleqt, business, canonical_url=None, url_slug="blog/waste")
    assert utm.link(business, entry.id).url.startswith("https://brine.example/blog/waste?utm_source=")
    assert utm.link(business, entry.id, url="brine.example/x#a").url.startswith("https://brine.example/x?utm_source=")


def test_nothing_to_link_to_is_a_fault_with_its_remedy(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    entry = saved(refleqt, business, canonical_url=None)
    with pytest.raises(InvalidInput, match=r"E-1.*url_slug"):
        utm.link(business, entry.id)


def test_an_entry_without_channel_or_parameters_asks_for_one(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    entry = saved(refleqt, business, channel=None)
    with pytest.raises(InvalidInput, match="Give it a channel"):
        utm.link(business, entry.id)
    assert utm.link(business, entry.id, channel="email").utm.utm_medium == "email"
    with pytest.raises(InvalidInput, match="pigeon"):
        utm.link(business, entry.id, channel="pigeon")


def test_kept_parameters_are_on_the_entry_and_the_link_stays_the_same(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    entry = saved(refleqt, business)
    offered = utm.link(business, entry.id)
    kept = utm.link(business, entry.id, keep=True)
    again = utm.link(business, entry.id)
    assert (offered.is_kept, kept.is_kept, again.is_kept) == (False, True, True)
    assert offered.url == kept.url == again.url
    (stored,) = refleqt.rows(business, CalendarEntry)
    assert (stored.utm_source, stored.utm_content) == ("linkedin", "e-1")


def test_two_entries_with_the_same_parameters_are_told_of_each_other(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    same = {"utm_source": "a", "utm_medium": "email", "utm_campaign": "c", "utm_content": "hero"}
    one = saved(refleqt, business, channel="email", **same)
    saved(refleqt, business, "E-2", channel="email", **(same | {"utm_campaign": "C", "utm_content": "Hero"}))
    (found,) = utm.link(business, one.id).remarks
    assert (found.field, found.what) == ("utm_content", "'E-2' has the very same parameters")


def test_the_same_content_in_another_campaign_is_doubtful_too(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    one = saved(refleqt, business, utm_content="hero")
    saved(refleqt, business, "E-2", utm_content="Hero", utm_campaign="other")
    (found,) = utm.link(business, one.id).remarks
    assert (found.what, found.why) == (
        "'E-2' has the same one",
        "Results that come by it are credited to neither: give each its own",
    )


def test_a_pasted_link_is_told_whose_it_is(refleqt: Composition, business: BusinessId, utm: UtmService) -> None:
    entry = saved(refleqt, business)
    url = utm.link(business, entry.id, keep=True).url
    found = utm.read(business, url.replace("e-1", "E_1").replace("utm_content=E_1", "utm_content=E%201"))
    assert found.entry is not None
    assert (found.entry.id, found.matched_by, found.group) == (entry.id, "utm", "Organic Social")
    assert [each.what for each in found.remarks] == ["'E 1' has capitals", "'E 1' has spaces"]
    assert found.entries == ("E-1",)


def test_a_link_is_found_by_its_page_and_says_that_its_parameters_are_nobodys(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    saved(refleqt, business)
    found = utm.read(business, "https://brine.example/e-1/?utm_source=x&utm_medium=social&utm_campaign=c&utm_content=y")
    assert (found.entry and found.entry.external_id, found.matched_by) == ("E-1", "url")
    assert [each.what for each in found.remarks] == ["no entry has 'y'"]


def test_a_link_of_two_entries_is_nobodys(refleqt: Composition, business: BusinessId, utm: UtmService) -> None:
    for name in ("E-1", "E-2"):
        saved(refleqt, business, name, utm_source="a", utm_medium="social", utm_content="hero", canonical_url=None)
    found = utm.read(business, "https://brine.example/?utm_source=a&utm_medium=social&utm_content=hero")
    assert (found.entry, found.entries) == (None, ("E-1", "E-2"))
    assert "'E-1', 'E-2' have these parameters" in [each.what for each in found.remarks]


def test_a_link_that_nobody_knows_is_said_to_be_nobodys(business: BusinessId, utm: UtmService) -> None:
    found = utm.read(business, "https://elsewhere.example/")
    assert (found.entry, found.utm) == (None, Utm())
    assert [each.field for each in found.remarks] == ["url"]


def test_another_business_has_other_entries_templates_and_links(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    other = refleqt.business(slug="other")
    entry = saved(refleqt, business, utm_content="hero")
    utm.save_template(business, "posts", {"utm_source": "a", "utm_medium": "social"})
    saved(refleqt, other, "E-9", utm_content="hero")
    assert utm.templates(other) == []
    assert utm.link(business, entry.id).remarks == ()
    assert utm.read(other, f"{PAGE}?utm_content=hero").entries == ("E-9",)
    with pytest.raises(NotFound):
        utm.link(other, entry.id)


def test_templates_are_changed_by_name_and_removed(business: BusinessId, utm: UtmService) -> None:
    first = utm.save_template(business, "posts", {"utm_source": "a", "utm_medium": "social"}, channel="linkedin")
    same = utm.save_template(business, "posts", {"utm_source": "a", "utm_medium": "social"}, channel="linkedin")
    changed = utm.save_template(business, "posts", {"utm_source": "b", "utm_medium": "social"})
    assert (first.version, same.version, changed.version) == (0, 0, 1)
    assert (first.utm_campaign, first.utm_content) == ("{campaign?}", "{external_id}")
    assert [(each.name, each.utm_source, each.channel) for each in utm.templates(business)] == [("posts", "b", None)]
    utm.remove_template(business, "posts")
    assert utm.templates(business) == []
    with pytest.raises(NotFound, match="there are: none"):
        utm.remove_template(business, "posts")


def test_a_channel_has_one_default_template(business: BusinessId, utm: UtmService) -> None:
    utm.save_template(business, "posts", {"utm_source": "a", "utm_medium": "social"}, channel="linkedin")
    with pytest.raises(Conflict, match="posts"):
        utm.save_template(business, "others", {"utm_source": "a", "utm_medium": "social"}, channel="linkedin")


def test_all_that_is_wrong_with_a_template_is_said_at_once(business: BusinessId, utm: UtmService) -> None:
    with pytest.raises(InvalidInput) as raised:
        utm.save_template(business, " ", {"utm_source": "a", "utm_x": "b"}, channel="pigeon")
    assert [fault.field for fault in raised.value.faults] == ["utm_x", "utm_medium", "name", "channel"]
    patterns = {
        "utm_source": "{chanel}",
        "utm_medium": "a&b",
        "utm_campaign": "{date:%H}",
        "utm_content": "{campaign",
        "utm_term": "{title:%Y}",
    }
    with pytest.raises(InvalidInput) as raised:
        utm.save_template(business, "posts", patterns)
    assert [fault.field for fault in raised.value.faults] == list(patterns)
    assert "{channel}" in raised.value.faults[0].remedy


def test_all_places_that_an_entry_cannot_fill_are_said_at_once(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    patterns = {"utm_source": "a", "utm_medium": "b", "utm_campaign": "{campaign}", "utm_term": "{keyword}-{persona?}"}
    utm.save_template(business, "full", patterns)
    entry = saved(refleqt, business, campaign=None)
    with pytest.raises(InvalidInput) as raised:
        utm.link(business, entry.id, template="full")
    assert [(fault.field, fault.remedy.partition(",")[0]) for fault in raised.value.faults] == [
        ("utm_campaign", "Give the entry its campaign"),
        ("utm_term", "Give the entry its primary_keyword"),
    ]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{segment?}-{campaign}", "spring"),
        ("{campaign}-{segment?}", "spring"),
        ("{campaign}-{segment?}-{angle}", "spring-pain-relief"),
        ("q1_{segment?}/{persona?}", "q1"),
        ("{segment?}", None),
        ("{date:%Y-w%V}.{type}", "2026-w10.social-post"),
        ("{title}", "ten-ways-to-waste-less-" + "x" * 77),
    ],
)
def test_a_place_that_is_optional_goes_with_what_joins_it(text: str, made: str | None) -> None:
    entry = draft(campaign="spring", icp_segment=None, angle="pain_relief", title=f"Ten ways to waste less {'x' * 99}")
    assert filled(Pattern("t", {"utm_campaign": text}), entry, NOON).utm_campaign == made


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from([f"{{{place}?}}" for place in PLACES]))
def test_whatever_an_entry_says_its_link_can_carry(campaign: str, title: str, place: str) -> None:
    entry = draft(campaign=campaign, title=title, primary_keyword=campaign, owner=title)
    made = filled(Pattern("t", {"utm_source": f"a-{place}"}), entry, NOON)
    assert made.tidied() == made


@given(st.text("{}a?:%Y-", max_size=12))
def test_no_pattern_whatever_fails_but_by_being_invalid(text: str) -> None:
    pattern = Pattern("t", {"utm_source": text})
    try:
        check(pattern)
        filled(pattern, draft(), NOON)
    except InvalidInput as error:
        assert error.faults


def test_the_merge_rule_decides_about_parameters_of_the_address(
    refleqt: Composition, business: BusinessId, utm: UtmService
) -> None:
    entry = saved(refleqt, business)
    url = f"{PAGE}?utm_source=old"
    assert read(utm.link(business, entry.id, url=url).url).utm_source == "linkedin"
    assert read(utm.link(business, entry.id, url=url, merge="fill").url).given.keys() >= {"utm_medium"}
    assert read(utm.link(business, entry.id, url=url, merge="fill").url).utm_source == "old"
    assert utm.link(business, entry.id, url=url, merge="keep").url == url
