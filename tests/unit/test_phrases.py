"""Stored keys are said as a person would say them."""

from datetime import date

import pytest

from refleqt_core.outputs.quotes import without_speaker
from refleqt_core.phrases import artifact_on, inside, people, source_name, span_name, weekday_name, with_article


@pytest.mark.parametrize(
    ("artifact_type", "channel", "said"),
    [
        ("blog_copy", "blog", "blog article"),
        ("email", "email", "email"),
        ("newsletter", "email", "newsletter"),
        ("email", "partner", "email through partners"),
        ("social_post", "linkedin", "social post on LinkedIn"),
        ("ad_copy", "google_ads", "ad on Google Ads"),
    ],
)
def test_an_artifact_is_named_with_its_channel_unless_it_says_so_itself(artifact_type, channel, said):
    assert artifact_on(artifact_type, channel) == said


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("finance directors of hotel and restaurant groups", "finance directors"),
        ("operations managers and head chefs", "operations managers and head chefs"),
        ("founders (seed stage)", "founders"),
        ("offices", "offices"),
    ],
)
def test_people_are_named_without_what_qualifies_them(name, short):
    assert people(name) == short


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Late deliveries", "late deliveries"),
        ("LinkedIn is silent", "LinkedIn is silent"),
        ("Brinewell is late", "Brinewell is late"),
        ("SEO is slow", "SEO is slow"),
    ],
)
def test_a_name_keeps_its_capital_inside_a_sentence(text, said):
    assert inside(text) == said


@pytest.mark.parametrize("noun", ["an email", "a user", "an SEO audit", "a CRM", "a blog article"])
def test_the_article_goes_by_the_sound(noun):
    assert with_article(noun.split(" ", 1)[1]) == noun


def test_a_month_is_said_once():
    assert span_name(date(2026, 8, 1), date(2026, 8, 31)) == "from 1 to 31 August 2026"
    assert span_name(date(2026, 7, 28), date(2026, 8, 3)) == "from 28 July 2026 to 3 August 2026"


def test_sources_and_days_are_named():
    assert (source_name("crm"), source_name("google_ads")) == ("the CRM", "Google Ads")
    assert (weekday_name("2026-03-12"), weekday_name("soon")) == ("Thursday 12 March 2026", "soon")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Wanjiru: Finance directors ask for one thing", "Finance directors ask for one thing"),
        ("Ysolde Corvalho: They wait", "They wait"),
        ("What they ask for: the sheet", "What they ask for: the sheet"),
        ("They wait", "They wait"),
    ],
)
def test_a_line_of_notes_is_quoted_without_who_said_it(line, said):
    assert without_speaker(line) == said and said in line
