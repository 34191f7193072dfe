"""Advice on an entry, which refuses nothing."""

from datetime import timedelta
from typing import Any

import pytest
from composition import NOON, draft
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.entry_advice import TAGGED, Advice, advice_of
from refleqt_core.intake.search_snippet import pixel_width

TITLE = "How a hotel kitchen halved its food waste in a month"
DESCRIPTION = (
    "What a hotel kitchen weighed, whom it asked and which three habits it changed to halve its waste in a month."
)
DESCRIPTION += " With the list that hangs by the bin."
PAGE = {
    "artifact_type": "blog_copy",
    "channel": "blog",
    "title": "How a hotel kitchen halved its food waste",
    "primary_keyword": "kitchen food waste",
    "meta_title": TITLE,
    "meta_description": DESCRIPTION,
    "url_slug": "blog/hotel-kitchen-food-waste",
    "canonical_url": "https://brine.example/blog/hotel-kitchen-food-waste",
    "image_alt_texts": ("a bin on a scale",),
    "core_web_vitals": {"lcp": 2.5, "cls": 0.05},
    "crawl_directives": ("index", "max-snippet:-1"),
    "conversion_event": "demo_booked",
    "funnel_stage": "bofu",
}


def advice(**fields: Any) -> list[Advice]:
    return list(advice_of(draft(**(PAGE | fields)), now=NOON))


def advised(**fields: Any) -> list[str]:
    return [each.field for each in advice(**fields)]


def test_there_is_nothing_to_say_of_a_page_where_all_is_well() -> None:
    assert advice() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meta_title", "Kitchen food waste"),
        ("meta_title", TITLE + ", and what every kitchen can take from it"),
        ("meta_title", None),
        ("meta_description", "Less waste."),
        ("meta_description", DESCRIPTION * 2),
        ("meta_description", None),
        ("title", "How a hotel saved money"),
        ("url_slug", "blog/hotel-kitchen-food-waste/how-a-hotel-kitchen-food-waste"),
        ("crawl_directives", ("NoIndex",)),
        ("crawl_directives", ("googlebot: noindex",)),
        ("crawl_directives", ("none",)),
        ("crawl_directives", ("follow", "nofollow")),
        ("index_status", "noindex"),
        ("canonical_url", "https://brine.example/blog/other"),
        ("canonical_url", "https://brine.example/x-hotel-kitchen-food-waste"),
        ("image_alt_texts", ("a bin", " ")),
        ("core_web_vitals", {"lcp": 4.0}),
        ("conversion_event", None),
        ("kpi_target", None),
        ("utm_campaign", "Spring Sale"),
    ],
)
def test_what_could_be_better_is_said_of_its_field(field: str, value: Any) -> None:
    assert field in advised(**{field: value})


def test_a_title_is_measured_by_its_width_and_not_by_its_characters() -> None:
    narrow, wide = "kitchen food waste " + "il" * 26, "kitchen food waste " + "WM" * 15
    assert len(narrow) > len(wide)
    assert advice(meta_title=narrow) == []
    assert "long" in advice(meta_title=wide)[0].what


def test_a_title_is_cut_off_from_six_hundred_pixels_on() -> None:
    fits = "kitchen food waste " + "n" * 38  # each n is 11.12 pixels wide
    assert 590 < pixel_width(fits) <= 600 < pixel_width(f"{fits}n")
    assert (advice(meta_title=fits), advised(meta_title=f"{fits}n")) == ([], ["meta_title"])


def test_the_width_of_a_title_is_that_of_arial() -> None:
    assert pixel_width("Waste less") == pytest.approx((944 + 556 + 500 + 278 + 556 + 278 + 222 + 556 + 500 + 500) / 50)
    assert pixel_width("é") == pixel_width("e")
    assert pixel_width("e\N{COMBINING ACUTE ACCENT}") == pixel_width("e")
    assert pixel_width("食品") == 40


def test_an_idea_needs_no_meta_texts_yet() -> None:
    assert advised(status="idea", meta_title=None, meta_description=None) == []


def test_a_post_is_no_page_that_search_shows() -> None:
    fields = {"artifact_type": "social_post", "meta_title": None, "meta_description": None}
    assert advised(**fields, crawl_directives=("noindex",)) == []


def test_a_page_that_is_not_out_may_keep_search_engines_off() -> None:
    assert advised(status="in_review", crawl_directives=("noindex",), index_status="noindex") == []


def test_the_keyword_is_found_in_other_order_number_and_case() -> None:
    assert advised(primary_keyword="Foods waste in kitchens") == []


def test_a_slug_with_words_that_say_nothing_gets_a_shorter_one() -> None:
    (found,) = advice(url_slug="blog/food-waste-in-the-hotel-kitchen", canonical_url=None)
    assert found == Advice(
        "url_slug", "it has words that say nothing: in, the", "'food-waste-hotel-kitchen' says the same"
    )


def test_a_slug_of_many_characters_is_too_long() -> None:
    slug = "blog/hotel-kitchen-food-waste-" + "scale-" * 9 + "bin"
    assert [each.what for each in advice(url_slug=slug, canonical_url=None)] == [f"it has {len(slug)} characters"]


@pytest.mark.parametrize("channel", sorted(TAGGED))
def test_paid_social_and_email_channels_need_utm_parameters(channel: str) -> None:
    assert advised(channel=channel) == ["utm_source"]
    assert advised(channel=None, channels=(channel,)) == ["utm_source"]
    assert advised(channel=None, plans=(PlanDraft(channel=channel),)) == ["utm_source"]
    assert advised(channel=channel, utm_source="x", utm_medium="y", utm_campaign="z") == []
    (found,) = advice(channel=channel, utm_source="x", utm_medium="y")
    assert found.field == "utm_campaign"
    assert found.why.endswith("without: utm_campaign")


def test_a_scheduled_entry_whose_day_has_passed_is_shown() -> None:
    past, future = NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)
    assert advised(status="scheduled", publish_at=past) == ["publish_at"]
    assert advised(status="scheduled", publish_at=future) == []
    assert advised(status="published", publish_at=past) == []
    assert advice_of(draft(**(PAGE | {"status": "scheduled", "publish_at": past}))) == ()


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_no_text_whatever_makes_advice_fail(title: str, keyword: str, address: str) -> None:
    given = {"title": title, "primary_keyword": keyword, "meta_title": title, "meta_description": title}
    found = advice(**given, url_slug=address, canonical_url=address, crawl_directives=(keyword,))
    assert all(each.field and each.what and each.why for each in found)


def test_a_bare_draft_gets_no_advice() -> None:
    assert advice_of(EntryDraft(external_id="E-1", title="Waste", artifact_type="blog_copy"), now=NOON) == ()
