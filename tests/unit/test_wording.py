from dataclasses import asdict, replace

import pytest

from refleqt_core.outputs.grounding import ungrounded
from refleqt_core.outputs.wording import (
    BriefFacts,
    MapFacts,
    SuggestionFacts,
    SuggestionWording,
    brief_prompt,
    facts_of,
    map_prompt,
    suggestion_prompt,
)

FACTS = SuggestionFacts(
    artifact_type="case_study",
    channel="linkedin",
    segment_name="operations managers",
    angle="social_proof",
    publish_on="2026-03-12",
    success_chance_percent=64,
    baseline_percent=41,
    pains=["we lose 2 days with O’Neil's sheets"],
    products=["FlowBoard Lite"],
    evidence=["9 of 11 posts met their target at 1,150.00 EUR and 10k views."],
)


@pytest.mark.parametrize(
    "text",
    [
        "On Thursday 12 March 2026 we publish on LinkedIn.",
        "FlowBoard's users lose two days.",
        "9 of 11, for 1150 EUR and 10,000 views: 64 %.",
        "O'Neil said so.",
        "Nothing here is a name.",
        "Publish it on Thursday, or in March at the latest.",
        "“Operations managers lose days” is the Title",
    ],
)
def test_what_stands_in_the_facts_is_grounded(text):
    assert ungrounded(text.replace("Title", "title"), suggestion_prompt(FACTS)) == ()


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("It grew by 65 %.", ("65 %",)),
        ("In 2027 it will.", ("2027",)),
        ("Five of them.", ("Five",)),
        ("It costs 1.15 EUR.", ("1.15",)),
        ("10k followers, 40k readers", ("40k",)),
        ("We beat Asana with ease.", ("Asana",)),
        ("HubSpot does it too.", ("HubSpot",)),
        ("See it on TikTok, says Ada Lovelace.", ("TikTok", "Ada Lovelace")),
        ("By Q3.", ("Q3",)),
        ("It doubled twice.", ()),
        ("It goes out on 13 March 2026.", ("13 March 2026",)),
        ("Write to jo@loom.example.", ("jo@loom.example",)),
    ],
)
def test_invented_numbers_and_names_are_found(text, invented):
    assert ungrounded(text, suggestion_prompt(FACTS)) == invented


def test_every_field_of_a_wording_is_checked():
    wording = SuggestionWording(title="A 7", why_now="an 8", outline=["a 9", "a 13"])
    assert ungrounded(wording, suggestion_prompt(FACTS)) == ("7", "8", "13")


def test_what_a_document_says_may_be_said():
    prompt = suggestion_prompt(replace(FACTS, pains=["Ledgerly took 37 hours of Tomasz Bik's week"]))
    assert ungrounded("Ledgerly cost Tomasz Bik 37 hours.", prompt) == ()
    assert ungrounded("Ledgerly cost Tomasz Bik 38 hours.", prompt) == ("38",)


def test_quotes_are_documents_and_no_facts():
    prompt = suggestion_prompt(FACTS)
    assert "sheets" not in str(prompt.facts) and prompt.documents[0].text == FACTS.pains[0]


@pytest.mark.parametrize(
    ("facts", "build"),
    [
        (FACTS, suggestion_prompt),
        (MapFacts(theme="t", segment_name="s", goal="g", artifacts=[FACTS, FACTS], cost="1 EUR"), map_prompt),
        (
            BriefFacts(
                artifact_type="a", channel="c", persona="p", angle="x", success_metric="m", pains=["one"],
                reference_examples=["two"], voice={"formality": 0.2},
            ),
            brief_prompt,
        ),
    ],
    ids=["suggestion", "map", "brief"],
)  # fmt: skip
def test_the_facts_can_be_read_back_from_their_prompt(facts, build):
    assert facts_of(build(facts)) == asdict(facts)
