"""Texts that talk to a model are read by every model: none of them is shown, obeyed or quoted."""

import json
import re
from pathlib import Path

import pytest
from language_models import LOCAL, OFFLINE, SERVED, hosted, needs_litellm

from refleqt_core.context.extraction import KnownNames
from refleqt_core.context.reading import read

GIVEN = json.loads(Path(__file__).with_name("injections.json").read_text())
ATTACKS = [attack["text"] for attack in GIVEN["attacks"]]
KNOWN = KnownNames(competitors=("Trello",))
# The nonsense model quotes words such as these, so that there is something to be lost or added.
BASE = f"{GIVEN['base']} Every product, trial and story of the team counts."

GROUPS = [ATTACKS[i::8] for i in range(8)]
"""Several attacks in one text, since each question to a model takes its time."""


def placed(attack):
    return {
        "before": f"{attack} {BASE}",
        "into": BASE.replace(" We lost", f" {attack} We lost"),
        "behind": f"{BASE} {attack}",
    }


def seen(requests):
    """What a model was shown, whatever the white space and the mark around documents."""
    said = json.dumps([request["messages"] for request in requests], ensure_ascii=False)
    return re.sub(r"(?:\\n|\s)+", " ", re.sub(r"\b[0-9a-f]{16}\b", "MARK", said))


def found(reading):
    return [(each.finding.kind, each.finding.text, each.finding.quote) for each in reading.findings]


@pytest.fixture(params=[OFFLINE, SERVED, LOCAL])
def llm(request):
    return request.param(request).llm


def test_there_are_twenty_attacks_and_more():
    assert len(set(ATTACKS)) >= 20


def test_there_is_something_to_be_lost(llm):
    assert read(llm, BASE, KNOWN).findings


@pytest.mark.parametrize("attacks", GROUPS, ids=lambda attacks: f"{len(attacks)} attacks")
def test_nothing_is_found_in_attacks(llm, attacks):
    text = f"{BASE} {' '.join(attacks)}"
    reading = read(llm, text, KNOWN)
    assert all(each.end <= len(BASE) and text[each.start : each.end] == each.finding.quote for each in reading.findings)
    assert "asana" not in repr(found(reading)).casefold()


@needs_litellm
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_model_behind_a_network_sees_the_same_with_an_attack_as_without(chat_server, attack):
    llm = hosted(chat_server.url)
    read(llm, BASE, KNOWN)
    without = seen(chat_server.requests)
    for place, text in placed(attack).items():
        chat_server.requests.clear()
        read(llm, text, KNOWN)
        assert seen(chat_server.requests) == without, place
