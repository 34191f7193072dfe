"""The contract of LLM: the offline model, LiteLLM against a scripted and a real server, and llama.cpp in-process."""

import math
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from language_models import LOCAL, OFFLINE, SCRIPTED, SERVED, hosted, local

from refleqt_core.context.extraction import ExtractedContext, KnownNames, extraction_prompt
from refleqt_core.errors import InvalidInput, MissingDependency
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.categorisation import EntryLabels, labelled, labelling_prompt
from refleqt_core.intake.categorise import TAGS
from refleqt_core.outputs.wording import (
    BriefWording,
    MapWording,
    SuggestionFacts,
    SuggestionWording,
    suggestion_prompt,
)
from refleqt_core.ports.llm import Prompt

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPTIONS = ["a LinkedIn case study", "a TikTok dance", "an email newsletter", "a blog post on stock counts"]


@pytest.fixture(params=[OFFLINE, SCRIPTED, SERVED, LOCAL])
def subject(request):
    return request.param(request)


@pytest.fixture
def llm(subject):
    return subject.llm


@pytest.fixture
def prompt():
    return suggestion_prompt(
        SuggestionFacts(
            artifact_type="case_study",
            channel="linkedin",
            segment_name="operations managers",
            angle="social_proof",
            publish_on="2026-03-12",
            success_chance_percent=64,
            baseline_percent=41,
            keyword="stock counts",
            pains=["we lose two days on every count"],
        )
    )


def test_an_answer_is_an_instance_of_the_schema(llm, prompt):
    assert isinstance(llm.complete(prompt, SuggestionWording).value, SuggestionWording)


def test_nested_parts_of_an_answer_are_instances_too(llm):
    answer = llm.complete(extraction_prompt("Customers love stock counts.", KnownNames()), ExtractedContext)
    assert {type(each).__name__ for each in answer.value.findings} == {"Finding"}


@pytest.mark.parametrize("schema", [MapWording, BriefWording, EntryLabels])
def test_any_schema_of_the_core_is_answered_by_a_model_that_does_any_task(subject, prompt, schema):
    if not subject.does_any_task:
        pytest.skip("does its own tasks alone")
    assert isinstance(subject.llm.complete(prompt, schema).value, schema)


def test_labels_of_an_entry_are_answered_in_their_schema(llm):
    entry = CalendarEntry(
        id=UUID(int=1),
        business_id=UUID(int=2),
        external_id="E-1",
        title="Why the Grand Hotel never went back to paper",
        artifact_type="blog_copy",
        category="content",
        created_at=NOON,
        updated_at=NOON,
    )
    labels = llm.complete(labelling_prompt(entry), EntryLabels).value
    assert isinstance(labels, EntryLabels)
    assert set(labels.tags) & set(TAGS) <= set(labelled(entry, labels, llm.model).tags)


def test_the_usage_names_the_model(llm, prompt):
    assert llm.complete(prompt, SuggestionWording).usage.model == llm.model


def test_the_usage_counts_what_was_read_and_written(llm, prompt):
    usage = llm.complete(prompt, SuggestionWording).usage
    assert min(usage.tokens_in, usage.tokens_out) > 0


def test_the_base_model_names_no_lora(llm, prompt):
    assert llm.complete(prompt, SuggestionWording).usage.lora is None


def test_a_task_that_it_cannot_do_is_refused_with_the_tasks_it_can(subject):
    if subject.does_any_task:
        pytest.skip("does any task")
    with pytest.raises(InvalidInput, match="write_suggestion"):
        subject.llm.complete(Prompt(task="paint", instructions="Paint."), SuggestionWording)


def test_every_option_has_a_log_probability(llm, prompt):
    scores = llm.score(prompt, OPTIONS)
    assert [score <= 0 and math.isfinite(score) for score in scores] == [True] * len(OPTIONS)


def test_probabilities_of_the_options_do_not_exceed_one(llm, prompt):
    assert math.fsum(map(math.exp, llm.score(prompt, OPTIONS))) <= 1 + 1e-9


def test_the_order_of_the_options_does_not_change_their_scores(llm, prompt):
    forth = dict(zip(OPTIONS, llm.score(prompt, OPTIONS), strict=True))
    back = dict(zip(OPTIONS[::-1], llm.score(prompt, OPTIONS[::-1]), strict=True))
    assert forth == back


def test_an_option_given_twice_has_the_same_score_twice(llm, prompt):
    first, _, again = llm.score(prompt, [OPTIONS[0], OPTIONS[1], OPTIONS[0]])
    assert first == again


def test_options_differ_in_their_scores(llm, prompt):
    assert len(set(llm.score(prompt, OPTIONS))) > 1


def test_many_options_are_scored_as_well_as_few(llm, prompt):
    assert len(llm.score(prompt, [f"option number {'x' * i}" for i in range(50)])) == 50


def test_no_options_have_no_scores(llm, prompt):
    assert llm.score(prompt, []) == []


def test_threads_do_not_disturb_each_other(llm, prompt):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: llm.complete(prompt, SuggestionWording).value, range(8)))
    assert answers == [answers[0]] * 8


def test_the_same_prompt_has_the_same_answer(llm, prompt):
    first = llm.complete(prompt, SuggestionWording)
    llm.complete(extraction_prompt("Customers love stock counts.", KnownNames()), ExtractedContext)
    assert llm.complete(prompt, SuggestionWording).value == first.value


def test_without_litellm_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "litellm", None)
    with pytest.raises(MissingDependency, match=r"refleqt\[hosted\]"):
        hosted("http://127.0.0.1:9/v1")


def test_without_llama_cpp_the_remedy_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(MissingDependency, match=r"refleqt\[local-llm\]"):
        local(tmp_path / "model.gguf")
