"""Each passage is read once, what has no proof is asked for again, and every finding knows how sure it is."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import attrs
import pytest
from composition import NOON, Composition
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refleqt_core.context.asking import MOST_AGAIN, UNPROVEN, asked
from refleqt_core.context.extraction import Finding, KnownNames, confidence_of, level
from refleqt_core.context.reading import read
from refleqt_core.context.records import ContextExtraction, PassageReading, SourceReading
from refleqt_core.errors import Unavailable
from refleqt_core.intake.activities import Activity, ActivityArtifact, StoredTranscript
from refleqt_core.intake.business import BusinessProfile, Competitors
from refleqt_core.intake.drafts import ActivityDraft
from refleqt_core.intake.vents import VentEntry
from refleqt_core.ports import where
from refleqt_core.ports.llm import Answer, Prompt, Unsatisfied, Usage
from refleqt_core.values import BusinessId

NOBODY = KnownNames()
LONG = " ".join(f"Sentence {n} is about pallets, shifts and slow scanners." for n in range(700))
"""Is read in more passages than one."""


def finding(quote: str, kind: Any = "signal", text: str = "it", **more: Any) -> Finding:
    return Finding(kind=kind, text=text, quote=quote, topic="topic", **more)


class Scripted:
    """Gives its answers in turn, the last one again and again; one that is an error is raised."""

    def __init__(self, *answers: Sequence[Finding] | Exception, model: str = "scripted"):
        self.answers, self.model, self.asked = list(answers), model, list[Prompt]()

    def complete(self, prompt: Prompt, schema: type[Any]) -> Answer[Any]:
        self.asked.append(prompt)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return Answer(value=schema(findings=list(answer)), usage=Usage(model=self.model, tokens_in=1))

    def score(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        return [0.0 for _ in options]


class Counting(Scripted):
    """Finds the first word of each passage, and breaks down at the questions that are named."""

    def __init__(self, *breaks: int, model: str = "counting"):
        super().__init__(model=model)
        self.breaks = breaks

    def complete(self, prompt: Prompt, schema: type[Any]) -> Answer[Any]:
        self.asked.append(prompt)
        if len(self.asked) in self.breaks:
            raise Unavailable("gone")
        first = prompt.documents[0].text.split()[0]
        return Answer(value=schema(findings=[finding(first)]), usage=Usage(model=self.model))


def reading_with(llm: Any) -> tuple[Composition, BusinessId]:
    refleqt = Composition(llm=llm)
    return refleqt, refleqt.business()


def vent(refleqt: Composition, business: BusinessId, text: str) -> VentEntry:
    return refleqt.vents.write(business, text)


def test_the_same_source_twice_is_asked_for_once_and_changes_nothing() -> None:
    llm = Counting()
    refleqt, business = reading_with(llm)
    written = vent(refleqt, business, "Scanners are slow.")
    first = refleqt.context.extract(business, "vent", written.id)
    kinds = (ContextExtraction, PassageReading, SourceReading, VentEntry)
    before = [refleqt.rows(business, kind) for kind in kinds]
    refleqt.pass_days(1)
    assert refleqt.context.extract(business, "vent", written.id) == first
    assert ([refleqt.rows(business, kind) for kind in kinds], len(llm.asked)) == (before, 1)


def test_the_same_text_in_another_source_is_not_asked_for_again() -> None:
    llm = Counting()
    refleqt, business = reading_with(llm)
    for written in [vent(refleqt, business, "Scanners are slow.") for _ in range(2)]:
        [found] = refleqt.context.extract(business, "vent", written.id)
        assert found.source_id == written.id
    assert len(llm.asked) == 1


def test_what_another_business_read_is_never_used() -> None:
    llm = Counting()
    refleqt, mine = reading_with(llm)
    for business in (mine, refleqt.business("ash")):
        refleqt.context.extract(business, "vent", vent(refleqt, business, "Scanners are slow.").id)
    assert [prompt.business_id for prompt in llm.asked] == [mine, business]
    assert len(refleqt.rows(mine, PassageReading)) == len(refleqt.rows(business, PassageReading)) == 1


def renamed(refleqt: Composition, business: BusinessId) -> Composition:
    [profile] = refleqt.rows(business, BusinessProfile)
    with refleqt.store.business(business) as tx:
        tx.save(attrs.evolve(profile, competitors=Competitors(direct=("Freshpan",))))
    return refleqt


@pytest.mark.parametrize(
    "change",
    [renamed, lambda refleqt, business: attrs.evolve(refleqt, llm=Counting(model="newer"))],
    ids=["names", "model"],
)
def test_other_names_or_another_model_read_anew(change: Callable[[Composition, BusinessId], Composition]) -> None:
    refleqt, business = reading_with(Counting())
    written = vent(refleqt, business, "Scanners are slow.")
    refleqt.context.extract(business, "vent", written.id)
    changed = change(refleqt, business)
    before = len(changed.llm.asked)  # type: ignore[attr-defined]  # it counts
    changed.context.extract(business, "vent", written.id)
    assert len(changed.llm.asked) == before + 1  # type: ignore[attr-defined]  # it counts
    assert len(refleqt.rows(business, SourceReading)) == 1


def test_a_reading_that_is_broken_off_goes_on_where_it_was() -> None:
    whole = Counting()
    read(whole, LONG, KnownNames())
    llm = Counting(len(whole.asked))
    refleqt, business = reading_with(llm)
    written = vent(refleqt, business, LONG)
    with pytest.raises(Unavailable):
        refleqt.context.extract(business, "vent", written.id)
    assert refleqt.rows(business, ContextExtraction) == []
    refleqt.context.extract(business, "vent", written.id)
    assert len(llm.asked) == len(whole.asked) + 1
    assert len({prompt.documents[0].text for prompt in llm.asked}) == len(whole.asked) > 2


def test_a_source_is_on_record_as_it_was_read() -> None:
    refleqt, business = reading_with(Scripted([finding("Scanners"), finding("nowhere")]))
    written = vent(refleqt, business, "Scanners are slow.")
    refleqt.context.extract(business, "vent", written.id)
    [kept] = refleqt.rows(business, SourceReading)
    assert (kept.source_id, kept.passages, kept.kept, kept.dropped) == (written.id, 1, 1, 1)
    assert refleqt.rows(business, PassageReading)[0].attempts == 1 + MOST_AGAIN


def test_what_is_edited_while_it_is_read_is_left_to_the_next_reading() -> None:
    refleqt, business = reading_with(Counting())
    written = vent(refleqt, business, "Scanners are slow.")

    class Editing(Counting):
        def complete(self, prompt: Prompt, schema: type[Any]) -> Answer[Any]:
            refleqt.vents.write(business, "Nothing of it.", external_id=written.external_id)
            return super().complete(prompt, schema)

    assert attrs.evolve(refleqt, llm=Editing()).context.extract(business, "vent", written.id) == []


TEXT = "We lost the deal. Honestly, the scanners are slow, and Freshpan is not. We lost the deal."
QUOTES = st.one_of(
    st.tuples(st.integers(0, len(TEXT)), st.integers(0, 30)).map(lambda at: TEXT[at[0] : at[0] + at[1]]),
    st.text(max_size=8),
    st.sampled_from(["we lost the deal", "We lost  the deal", "scan", TEXT]),
)
SAID = QUOTES.filter(str.strip)
KINDS = st.sampled_from(["signal", "theme", "entity", "competitor_mention", "emotional_charge"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.builds(finding, QUOTES, KINDS, SAID), max_size=4), min_size=1, max_size=4))
def test_every_quote_on_record_is_a_literal_part_of_its_source(answers: list[list[Finding]]) -> None:
    refleqt, business = reading_with(Scripted(*answers))
    found = refleqt.context.extract(business, "vent", vent(refleqt, business, TEXT).id)
    assert all(TEXT[row.quote_start : row.quote_end] == row.quote for row in found)
    assert all(0 < row.confidence < 1 for row in found)


def test_what_has_no_proof_is_asked_for_again_about_the_same_document() -> None:
    llm = Scripted([finding("scanners"), finding("we lost the deal")], [finding("We lost the deal.")])
    answer = asked(llm, TEXT, KnownNames())
    first, second = llm.asked
    assert second.documents[0] == first.documents[0]
    assert [each["problem"] for each in json.loads(second.documents[1].text)] == [
        "the quote does not stand in the document letter by letter"
    ]
    assert second.documents[1].label == UNPROVEN and "we lost" not in second.instructions + str(second.facts)
    assert [each.quote for each in answer.findings] == ["scanners", "We lost the deal."]
    assert (answer.again, answer.dropped, answer.attempts, len(answer.usages)) == ((1,), 0, 2, 2)


def test_it_is_asked_for_so_often_and_then_dropped() -> None:
    llm = Scripted([finding("nowhere"), finding("neither")])
    answer = asked(llm, TEXT, KnownNames())
    assert (len(llm.asked), answer.findings, answer.dropped) == (1 + MOST_AGAIN, (), 2)


def test_what_is_proven_is_not_asked_for_again() -> None:
    llm = Scripted([finding("scanners")])
    assert (asked(llm, TEXT, KnownNames()).attempts, len(llm.asked)) == (1, 1)


@pytest.mark.parametrize(
    "given_again", [finding("scanners", "theme"), finding("scanners")], ids=["another kind", "what was proven"]
)
def test_only_what_was_asked_for_is_taken(given_again: Finding) -> None:
    llm = Scripted([finding("scanners"), finding("nowhere")], [given_again])
    answer = asked(llm, TEXT, KnownNames())
    assert ([each.quote for each in answer.findings], answer.dropped) == (["scanners"], 1)


def test_a_second_question_that_is_never_answered_as_asked_drops_what_it_was_about() -> None:
    llm = Scripted([finding("scanners"), finding("nowhere")], Unsatisfied("no JSON", Usage(model="m", tokens_in=7)))
    answer = asked(llm, TEXT, KnownNames())
    assert (len(answer.findings), answer.dropped, answer.usages[-1].tokens_in) == (1, 1, 7)


def test_a_name_has_to_stand_in_its_quote() -> None:
    llm = Scripted([finding("the scanners are slow", "entity", "Freshpan")], [])
    asked(llm, TEXT, KnownNames())
    assert "the name does not stand in the quote" in llm.asked[1].documents[1].text


def confidence(found: Sequence[Finding], *more: Sequence[Finding], known: KnownNames = NOBODY) -> float:
    [proven] = read(Scripted(found, *more), TEXT, known).findings
    return round(proven.confidence, 3)


def test_confidence_is_what_its_witnesses_say() -> None:
    sure = finding("the scanners are slow")
    assert confidence([sure]) == 0.667
    assert confidence([finding("scanners")]) == 0.5
    assert confidence([finding("nowhere at all in it")], [sure]) == 0.5
    assert confidence([finding("Freshpan", "entity", "Freshpan")]) == 0.667
    assert confidence([finding("Freshpan", "entity", "Freshpan")], known=KnownNames(products=("freshpan",))) == 0.75


def test_what_one_of_two_passages_saw_is_less_sure_than_what_both_saw() -> None:
    text = "One is here. Two is there in all of it. Three is far."
    both = finding("Two is there in all of it.")
    twice, once = (Scripted([both], answer) for answer in ([both], []))
    sure, unsure = (read(llm, text, KnownNames(), size=14, overlap=12).findings[0] for llm in (twice, once))
    assert (len(twice.asked), sure.confidence, unsure.confidence) == (2, 0.75, 0.5)


@given(st.integers(0, 50), st.integers(0, 50))
def test_more_agreement_is_surer_and_more_doubt_is_not(agreed: int, doubts: int) -> None:
    now = confidence_of(agreed, agreed + doubts)
    assert 0 < confidence_of(agreed, agreed + doubts + 1) < now < confidence_of(agreed + 1, agreed + doubts + 1) < 1


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(1.0, "high"), (0.75, "high"), (0.74, "medium"), (0.5, "medium"), (0.49, "low"), (0, "low")],
)
def test_confidence_in_a_word(confidence: float, said: str) -> None:
    assert level(confidence) == said


def test_a_finding_of_a_recording_knows_its_second_and_its_speaker(refleqt: Composition) -> None:
    business = refleqt.business()
    draft = ActivityDraft(external_id="A-1", activity_type="rant_round", held_at=NOON, notes="Notes.")
    held: Activity = refleqt.activities.record(business, draft)
    artifact = ActivityArtifact(
        id=uuid4(),
        business_id=business,
        activity_id=held.id,
        file_name="a.wav",
        media_type="audio/wav",
        blob="a",
        uploaded_at=NOON,
    )
    said = StoredTranscript(
        id=uuid4(),
        business_id=business,
        activity_artifact_id=artifact.id,
        text="Hello. Freshpan won.",
        segments=(
            {"start": 1.5, "end": 2.0, "text": "Hello.", "speaker": "Ada"},
            {"start": 4.0, "end": 5.0, "text": "Freshpan won.", "speaker": "Ben"},
        ),
        language="en",
        model="m",
        duration=5.0,
        blob="b",
        transcribed_at=NOON,
    )
    refleqt.add(business, artifact, said)
    llm = Scripted([finding("Freshpan won."), finding("Notes.")])
    written, spoken = attrs.evolve(refleqt, llm=llm).context.extract(business, "activity", held.id)
    assert (spoken.quote_seconds, spoken.speaker) == (4.0, "Ben")
    assert (written.quote_seconds, written.speaker) == (None, None)
    named = tuple({**segment, "speaker": "Eve"} for segment in said.segments)
    with refleqt.store.business(business) as tx:
        tx.save(attrs.evolve(said, segments=named))
    attrs.evolve(refleqt, llm=llm).context.extract(business, "activity", held.id)
    [again] = refleqt.rows(business, ContextExtraction, *where(quote="Freshpan won."))
    assert (again.id, again.speaker) == (spoken.id, "Eve")
