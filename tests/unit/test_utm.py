"""UTM parameters: put into addresses, read back, and what is remarked on them."""

from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.address_rules import link_value_problem
from refleqt_core.intake.channel_groups import channel_group, is_swapped
from refleqt_core.intake.utm import MERGES, PARAMETERS, Utm, build, read, tidy
from refleqt_core.intake.utm_remarks import link_remarks, value_remarks

SPRING = Utm(utm_source="newsletter", utm_medium="email", utm_campaign="spring")
TAGS = "utm_source=newsletter&utm_medium=email&utm_campaign=spring"

SIGNS = st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from("&?=#%+; ")
PLAIN = st.text(SIGNS, min_size=1, max_size=20)
VALUES = PLAIN.map(tidy).filter(lambda value: value and link_value_problem(value) is None)
UTMS = st.builds(Utm, **dict.fromkeys(PARAMETERS, st.none() | VALUES))
NAMES = st.sampled_from(["a", "b%20c", "q", "UTM_Source", "utm_medium", "utm_term", "utm_creative_format", "", "ref"])
RAW = st.sampled_from(["", "1", "x+y", "x%20y", "%C3%A9", "A", "b=c", "%2520"])
PIECES = st.tuples(NAMES, st.sampled_from(["=", ""]), RAW).map(lambda each: each[0] + each[1] + each[2] * bool(each[1]))
URLS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["https://brine.example", "http://bücher.example:8080", "brine.example", "https://[::1]:80"]),
    st.sampled_from(["", "/", "/blog/waste", "/k%C3%BCche/a+b", "/a%20b/"]),
    st.just("") | st.lists(PIECES, max_size=6).map(lambda pieces: "?" + "&".join(pieces)),
    st.sampled_from(["", "#", "#top", "#/pricing?plan=pro&utm_source=old"]),
)
few = settings(max_examples=60)
OPTIONS = st.sampled_from(sorted(MERGES))


def is_utm(piece: str) -> bool:
    return piece.partition("=")[0].lower() in PARAMETERS


def pieces(url: str) -> list[str]:
    return url.partition("#")[0].partition("?")[2].split("&") if "?" in url.partition("#")[0] else []


@few
@given(URLS, UTMS, OPTIONS)
def test_built_twice_is_built_once(url: str, utm: Utm, merge: Any) -> None:
    once = build(url, utm, merge=merge)
    assert build(once, utm, merge=merge) == once


@few
@given(URLS, UTMS.filter(lambda utm: utm.given))
def test_what_was_put_in_is_read_back(url: str, utm: Utm) -> None:
    assert read(build(url, utm)) == utm


@few
@given(URLS, UTMS, OPTIONS)
def test_everything_else_of_the_address_is_still_there_as_it_stood(url: str, utm: Utm, merge: Any) -> None:
    built = build(url, utm, merge=merge)
    before, after = (each.removeprefix("https://") for each in (url, built))
    assert after.partition("#")[1:] == before.partition("#")[1:]
    assert after.partition("#")[0].partition("?")[0] == before.partition("#")[0].partition("?")[0]
    kept = [piece for piece in pieces(before) if not is_utm(piece)]
    assert [piece for piece in pieces(after) if not is_utm(piece)] in (kept, kept if kept != [""] else [])


@few
@given(URLS, UTMS.filter(lambda utm: utm.given), st.sampled_from(["replace", "fill"]))
def test_no_parameter_stands_there_twice(url: str, utm: Utm, merge: Any) -> None:
    names = [piece.partition("=")[0] for piece in pieces(build(url, utm, merge=merge)) if is_utm(piece)]
    assert names == [name for name in PARAMETERS if name in names]


@few
@given(URLS, UTMS)
def test_filling_keeps_what_the_address_says_and_adds_what_it_lacks(url: str, utm: Utm) -> None:
    assert read(build(url, utm, merge="fill")).given == (utm.given | read(url).given)


@few
@given(URLS, UTMS)
def test_keeping_leaves_an_address_that_has_parameters_alone(url: str, utm: Utm) -> None:
    built = build(url, utm, merge="keep")
    assert built == (build(url, Utm()) if read(url).given else build(url, utm))


@few
@given(URLS, UTMS.filter(lambda utm: utm.given))
def test_any_other_reader_of_queries_reads_the_same(url: str, utm: Utm) -> None:
    found = parse_qsl(urlsplit(build(url, utm)).query, keep_blank_values=True)
    assert {name: value for name, value in found if name in PARAMETERS} == utm.given


@given(st.text(max_size=30))
def test_no_address_whatever_fails_but_by_being_invalid(text: str) -> None:
    try:
        assert read(build(text, SPRING)) == SPRING
    except InvalidInput as error:
        assert error.faults


@given(st.text(max_size=30))
def test_a_tidy_value_stays_as_it_is(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("url", "built"),
    [
        ("https://brine.example/a?x=1&x=2&y=&z=a+b#end", f"https://brine.example/a?x=1&x=2&y=&z=a+b&{TAGS}#end"),
        ("brine.example", f"https://brine.example?{TAGS}"),
        ("brine.example:8080/a", f"https://brine.example:8080/a?{TAGS}"),
        ("localhost:8000/a", f"https://localhost:8000/a?{TAGS}"),
        ("//brine.example/a", f"//brine.example/a?{TAGS}"),
        ("/pricing", f"/pricing?{TAGS}"),
        ("  https://brine.example/?  ", f"https://brine.example/?{TAGS}"),
        ("https://brine.example/#/app?tab=1", f"https://brine.example/?{TAGS}#/app?tab=1"),
        ("https://bücher.example/küche?q=ä", f"https://bücher.example/küche?q=ä&{TAGS}"),
        ("https://brine.example/?UTM_Source=old&utm_id=7&x", f"https://brine.example/?x&{TAGS}"),
    ],
)
def test_parameters_are_put_where_analytics_reads_them(url: str, built: str) -> None:
    assert build(url, SPRING) == built


def test_values_are_written_alike_however_they_were_given() -> None:
    given = Utm(utm_source=" News  Letter ", utm_medium="E%2DMail", utm_campaign="Frühling%2520Sale")
    assert read(build("https://a.example", given)) == Utm(
        utm_source="news-letter", utm_medium="e-mail", utm_campaign="frühling-sale"
    )


def test_how_spaces_and_capitals_are_written_can_be_chosen() -> None:
    given = Utm(utm_source="News Letter")
    assert build("https://a.example/", given, space="_") == "https://a.example/?utm_source=news_letter"
    assert build("https://a.example/", given, space=" ", lower=False) == "https://a.example/?utm_source=News%20Letter"


def test_what_stays_is_not_encoded_again() -> None:
    url = "https://a.example/?utm_campaign=fr%C3%BChling+sale"
    assert build(url, SPRING, merge="fill").endswith("utm_medium=email&utm_campaign=fr%C3%BChling+sale")


@pytest.mark.parametrize(
    "url",
    ["", " ", "mailto:a@b.example", "javascript:alert(1)", "ftp://a.example", "tel:123", "pricing", "https://",
     "https://a b.example/", "https://a.example/\nb", "https://u:p@a.example/", "https://[::1/", "https://a.example:99999",
     "https:///a", "//", "https://-.example/"],
)  # fmt: skip
def test_what_is_no_web_address_is_invalid(url: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        build(url, SPRING)
    assert raised.value.faults[0].source == "url"


def test_all_values_that_no_link_can_carry_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        build("https://a.example", Utm(utm_source="utm_medium=b", utm_medium="x" * 101, utm_term="fine"))
    assert [fault.field for fault in raised.value.faults] == ["utm_source", "utm_medium"]


def test_what_would_split_the_query_is_encoded_and_remarked_on() -> None:
    given = Utm(utm_source="q&a", utm_medium="email", utm_campaign="A & B = C?#1")
    built = build("https://brine.example/?x=1#top", given)
    assert built == (
        "https://brine.example/?x=1&utm_source=q%26a&utm_medium=email&utm_campaign=a-%26-b-%3D-c%3F%231#top"
    )
    assert read(built) == given.tidied()
    assert ("utm_campaign", "'a-&-b-=-c?#1' holds & ? # =, which is encoded") in remarks(built)
    assert build(built, given) == built


def test_of_doubled_parameters_the_first_that_says_something_is_read() -> None:
    assert read("https://a.example/?utm_source=&UTM_Source=a&utm_source=b").utm_source == "a"
    assert build("https://a.example/?utm_source=a&utm_source=b", SPRING, merge="fill").count("utm_source=a") == 1


def remarks(url: str) -> list[tuple[str, str]]:
    return [(each.field, each.what) for each in (*link_remarks(url), *value_remarks(read(url)))]


def test_there_is_nothing_to_remark_on_a_link_that_was_built() -> None:
    assert remarks(build("https://a.example/?x=1", SPRING)) == []


@pytest.mark.parametrize(
    ("query", "field", "what"),
    [
        (f"UTM_Source=a&{TAGS}", "utm_source", "it is written 'UTM_Source'"),
        (f"{TAGS}&utm_source=b", "utm_source", "it stands there 2 times"),
        (f"{TAGS}&utm_content=", "utm_content", "it is blank"),
        (f"{TAGS}&utm_content=a%2520b", "utm_content", "'a%2520b' is encoded twice"),
        (f"{TAGS}&utm_contnet=a", "utm_contnet", "analytics does not know it"),
        ("utm_source=a&amp;utm_medium=email", "utm_medium", "'&amp;' stands before it"),
        ("utm_medium=email", "utm_source", "it is missing"),
        ("utm_source=a&utm_medium=email", "utm_campaign", "it is missing"),
        (TAGS.replace("spring", "Spring"), "utm_campaign", "'Spring' has capitals"),
        (TAGS.replace("spring", "spring+sale"), "utm_campaign", "'spring sale' has spaces"),
        ("utm_source=cpc&utm_medium=google&utm_campaign=a", "utm_medium", "source and medium seem to be swapped"),
        ("utm_source=email&utm_medium=newsletter&utm_campaign=a", "utm_medium", "source and medium seem to be swapped"),
        ("utm_source=a&utm_medium=b&utm_campaign=c", "utm_medium", "analytics counts 'b' in no channel group"),
        (f"{TAGS}#utm_content=a", "url", "parameters stand behind the '#'"),
        (f"{TAGS}&x={'x' * 1000}", "url", "it has 1080 characters"),
        (TAGS.replace("spring", "x" * 101), "utm_campaign", "it has 101 characters"),
    ],
)
def test_what_is_wrong_with_a_pasted_link_is_said(query: str, field: str, what: str) -> None:
    assert (field, what) in remarks(f"https://a.example/?{query}")


def test_a_link_is_remarked_on_by_the_channel_it_is_for() -> None:
    assert value_remarks(SPRING, "email") == ()
    (found,) = value_remarks(SPRING, "linkedin")
    assert (found.what, found.why) == ("analytics counts it as Email", "For linkedin it should be Organic Social")


@few
@given(URLS)
def test_any_link_can_be_remarked_on(url: str) -> None:
    assert all(
        each.field and each.what and each.why for each in (*link_remarks(url), *value_remarks(read(url), "email"))
    )


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "group"),
    [
        ("(direct)", "(none)", "", "Direct"),
        ("google", "cpc", "all cross-network", "Cross-network"),
        ("amazon", "paid", "", "Paid Shopping"),
        ("google", "cpc", "spring shop", "Paid Shopping"),
        ("google", "cpc", "our e-shop", "Paid Shopping"),
        ("google", "cpc", "our eshop", "Paid Shopping"),
        ("google", "cpc", "workshop", "Paid Search"),
        ("google.com", "ppc", "", "Paid Search"),
        ("Facebook", "CPC", "", "Paid Social"),
        ("m.facebook.com", "paid-social", "", "Paid Social"),
        ("youtube", "retargeting", "", "Paid Video"),
        ("partner", "banner", "", "Display"),
        ("google", "cpm", "", "Paid Search"),
        ("newspaper", "cpm", "", "Display"),
        ("newspaper", "cpa", "", "Paid Other"),
        ("ebay", "referral", "", "Organic Shopping"),
        ("linkedin", "post", "", "Organic Social"),
        ("anything", "social media", "", "Organic Social"),
        ("vimeo", "x", "", "Organic Video"),
        ("site", "in-video", "", "Organic Video"),
        ("duckduckgo", "x", "", "Organic Search"),
        ("x", "organic", "", "Organic Search"),
        ("email", "referral", "", "Referral"),
        ("x", "app", "", "Referral"),
        ("e mail", "x", "", "Email"),
        ("newsletter", "e-mail", "", "Email"),
        ("x", "affiliate", "", "Affiliates"),
        ("podcast", "audio", "", "Audio"),
        ("x", "sms", "", "SMS"),
        ("x", "web-push", "", "Mobile Push Notifications"),
        ("firebase", "x", "", "Mobile Push Notifications"),
        ("x", "y", "", "Unassigned"),
        ("", "", "", "Unassigned"),
    ],
)
def test_a_visit_is_counted_in_the_channel_group_that_google_publishes(
    source: str, medium: str, campaign: str, group: str
) -> None:
    assert channel_group(source, medium, campaign) == group


def test_source_and_medium_in_their_places_are_not_swapped() -> None:
    assert not is_swapped("google", "cpc")
    assert not is_swapped("newsletter", "email")
    assert not is_swapped("facebook", "social")
    assert is_swapped("social", "facebook")
    assert not is_swapped(None, "google")


def test_blank_parameters_are_left_out_of_what_is_given() -> None:
    assert Utm.of({"utm_source": " ", "utm_medium": "email", "x": "y", "utm_id": None}) == Utm(utm_medium="email")


def test_a_value_with_signs_of_all_kinds_survives_the_address() -> None:
    value = "50% off+é “x”;a/b,c"
    assert read(f"https://a.example/?utm_content={quote_plus(value)}").utm_content == value
    assert read(build("https://a.example", Utm(utm_content=value), space=" ", lower=False)).utm_content == value
