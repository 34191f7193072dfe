"""Sources are embedded, read and found again."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import attrs
import pytest
from composition import NOON, Composition, draft
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.context.records import CompetitiveIntelligence, ContextExtraction
from refleqt_core.context.service import fused
from refleqt_core.context.sources import READERS, source_text
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.activities import ActivityArtifact, StoredTranscript
from refleqt_core.intake.business import Competitors
from refleqt_core.intake.drafts import ActivityDraft
from refleqt_core.intake.vents import VentEntry
from refleqt_core.ports import Chunk, Hit, where
from refleqt_core.values import BusinessId

RIVALS = Competitors(direct=("Freshpan", "Kettleworth"))


def vent(refleqt: Composition, business: BusinessId, text: str) -> VentEntry:
    written = refleqt.vents.write(business, text)
    refleqt.work()
    return written


def rewritten(refleqt: Composition, business: BusinessId, before: VentEntry, text: str) -> None:
    refleqt.vents.write(business, text, external_id=before.external_id, written_at=before.written_at)
    refleqt.work()


def valid(refleqt: Composition, business: BusinessId) -> set[tuple[str, str]]:
    return {(row.kind, row.text) for row in refleqt.rows(business, ContextExtraction, *where(valid_to=None))}


def test_every_finding_is_proven_by_a_quote_that_stands_in_its_source(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    text = "Freshpan won again. Our customers say we are slow, and honestly that scares me!"
    vent(refleqt, business, text)
    findings = refleqt.rows(business, ContextExtraction)
    assert findings
    assert all(text[row.quote_start : row.quote_end] == row.quote for row in findings)


def test_reading_the_same_text_again_changes_nothing(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    kinds = (ContextExtraction, CompetitiveIntelligence, VentEntry)
    before = [refleqt.rows(business, kind) for kind in kinds]
    refleqt.pass_days(1)
    again = refleqt.context.extract(business, "vent", written.id)
    assert again == before[0]
    assert [refleqt.rows(business, kind) for kind in kinds] == before


def test_what_a_changed_text_no_longer_says_is_closed(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    later = refleqt.pass_days(1)
    rewritten(refleqt, business, written, "Kettleworth won again.")
    closed = refleqt.rows(business, ContextExtraction, *where(text="Freshpan", kind="competitor_mention"))
    assert [row.valid_to for row in closed] == [later]
    assert ("competitor_mention", "Kettleworth") in valid(refleqt, business)
    assert ("competitor_mention", "Freshpan") not in valid(refleqt, business)


def test_what_a_changed_text_newly_says_was_not_known_before(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    refleqt.pass_days(1)
    rewritten(refleqt, business, written, "Kettleworth won again.")
    then = refleqt.profile.read(business, as_of=NOON + timedelta(hours=1)).extractions
    assert {row.text for row in then if row.kind == "competitor_mention"} == {"Freshpan"}


def test_what_an_old_text_says_was_known_since_it_was_written(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    refleqt.vents.write(business, "Freshpan won again.", written_at=NOON - timedelta(days=90))
    refleqt.work()
    assert {row.valid_from for row in refleqt.rows(business, ContextExtraction)} == {NOON - timedelta(days=90)}


def known(refleqt: Composition, business: BusinessId) -> dict[str, int]:
    return {row.competitor: row.mentions for row in refleqt.rows(business, CompetitiveIntelligence)}


def test_a_competitor_counts_once_for_each_source_that_speaks_of_it(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    vent(refleqt, business, "Freshpan won. Freshpan is cheap, and Kettleworth is not.")
    vent(refleqt, business, "Freshpan again.")
    assert known(refleqt, business) == {"Freshpan": 2, "Kettleworth": 1}


def test_a_competitor_is_known_by_what_is_still_said(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    first = vent(refleqt, business, "Freshpan won again, and Kettleworth too.")
    vent(refleqt, business, "Freshpan is cheap.")
    rewritten(refleqt, business, first, "Nobody won.")
    assert known(refleqt, business) == {"Freshpan": 1}


def test_competitive_intelligence_names_the_findings_that_it_rests_on(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    vent(refleqt, business, "Freshpan won again.")
    [row] = refleqt.rows(business, CompetitiveIntelligence)
    mentions = refleqt.rows(business, ContextExtraction, *where(kind="competitor_mention"))
    assert row.evidence == tuple(each.id for each in mentions)


def test_embedding_twice_is_embedding_once(refleqt: Composition) -> None:
    business = refleqt.business()
    written = vent(refleqt, business, "The scanners are slow.")
    count = refleqt.vectors.count(business)
    assert refleqt.context.embed(business, "vent", written.id) == count
    assert refleqt.vectors.count(business) == count


def test_a_source_that_is_gone_has_neither_vectors_nor_valid_findings(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    with refleqt.store.business(business) as tx:
        tx.remove(VentEntry, written.id)
    assert refleqt.context.embed(business, "vent", written.id) == 0
    assert refleqt.context.extract(business, "vent", written.id) == []
    assert refleqt.vectors.count(business) == 0
    assert valid(refleqt, business) == set()
    assert known(refleqt, business) == {}


@pytest.mark.parametrize("do", ["embed", "extract"])
def test_a_type_of_source_that_does_not_exist_is_refused(refleqt: Composition, do: str) -> None:
    with pytest.raises(InvalidInput, match="there are: onboarding, activity, vent, calendar"):
        getattr(refleqt.context, do)(refleqt.business(), "rumour", uuid4())


def test_a_search_finds_by_words_what_is_far_in_meaning(refleqt: Composition) -> None:
    business = refleqt.business()
    wanted = vent(refleqt, business, "Invoice INV-4711 was wrong.")
    for n in range(12):
        vent(refleqt, business, f"The scanners are slow, case {n}.")
    assert refleqt.context.search(business, "4711", limit=1)[0].source_id == wanted.id


def test_passages_of_the_same_text_are_found_once(refleqt: Composition) -> None:
    business = refleqt.business()
    for _ in range(3):
        vent(refleqt, business, "The scanners are slow.")
    assert len(refleqt.context.search(business, "scanners")) == 1


@pytest.mark.parametrize("query", ["", "  \n"])
def test_a_blank_query_finds_nothing(refleqt: Composition, query: str) -> None:
    business = refleqt.business()
    vent(refleqt, business, "The scanners are slow.")
    assert refleqt.context.search(business, query) == []


def test_a_search_keeps_to_the_types_and_number_that_it_was_asked_for(refleqt: Composition) -> None:
    business = refleqt.business()
    for n in range(4):
        vent(refleqt, business, f"The scanners are slow, case {n}.")
    entry = refleqt.calendar.save(business, draft(title="Why scanners are slow"))
    refleqt.work()
    assert [hit.source_id for hit in refleqt.context.search(business, "scanners", source_types=["calendar"])] == [
        entry.id
    ]
    assert len(refleqt.context.search(business, "scanners", limit=2)) == 2


def hit(text: str, similarity: float) -> Hit:
    return Hit(
        chunk=Chunk(id=uuid4(), source_type="vent", source_id=uuid4(), text=text, created_at=NOON),
        similarity=similarity,
    )


HITS = st.lists(st.builds(hit, st.sampled_from(["a", "b", "c", "d"]), st.floats(-1, 1)), max_size=6)
SHARES = st.lists(st.builds(hit, st.sampled_from(["a", "b", "e"]), st.floats(0, 1)), max_size=6)


@given(HITS, SHARES)
def test_fused_results_are_all_texts_once_and_best_first(near: list[Hit], worded: list[Hit]) -> None:
    results = fused(near, worded)
    assert sorted(result.text for result in results) == sorted({each.chunk.text for each in (*near, *worded)})
    assert [result.score for result in results] == sorted((result.score for result in results), reverse=True)


@given(HITS.filter(bool), st.floats(0, 1))
def test_having_the_words_of_the_query_never_lowers_a_passage(near: list[Hit], share: float) -> None:
    alone = {result.text: result.score for result in fused(near, [])}
    both = {result.text: result.score for result in fused(near, [attrs.evolve(near[0], similarity=share)])}
    assert both[near[0].chunk.text] >= alone[near[0].chunk.text]


def test_of_passages_about_as_near_the_one_with_the_words_of_the_query_comes_first() -> None:
    near = [hit("near", 0.50), hit("worded", 0.45)]
    assert [result.text for result in fused(near, [attrs.evolve(near[1], similarity=1.0)])] == ["worded", "near"]


def test_the_text_of_an_entry_is_what_its_author_wrote_of_it(refleqt: Composition) -> None:
    business = refleqt.business()
    given = draft(title="Waste less.", strategic_intent="Win chefs", primary_keyword="food waste")
    entry = refleqt.calendar.save(business, given)
    with refleqt.store.business(business) as tx:
        assert source_text(tx, "calendar", entry.id).text == "Waste less. Win chefs. food waste"


def transcript(business: BusinessId, artifact: ActivityArtifact, text: str, minutes: int) -> StoredTranscript:
    return StoredTranscript(
        id=uuid4(),
        business_id=business,
        activity_artifact_id=artifact.id,
        text=text,
        segments=({"start": 1.5, "end": 2.0, "text": text},),
        language="en",
        model=f"m{minutes}",
        duration=2.0,
        blob="b",
        transcribed_at=NOON + timedelta(minutes=minutes),
    )


def test_a_later_transcript_moves_no_earlier_quote(refleqt: Composition) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(
        business, ActivityDraft(external_id="A-1", activity_type="rant_round", held_at=NOON, notes="Notes.")
    )
    artifact = ActivityArtifact(
        id=uuid4(),
        business_id=business,
        activity_id=held.id,
        file_name="a.wav",
        media_type="audio/wav",
        blob=refleqt.blobs.put(BytesIO(b"a")),
        uploaded_at=NOON,
    )
    other = attrs.evolve(artifact, id=uuid4(), blob=refleqt.blobs.put(BytesIO(b"b")))
    refleqt.add(business, artifact, other, transcript(business, artifact, "First.", 1))
    with refleqt.store.business(business) as tx:
        before = source_text(tx, "activity", held.id)
        tx.add(transcript(business, other, "Second.", 2))
        after = source_text(tx, "activity", held.id)
    assert after.text == before.text + "\n\nSecond."
    assert after.spoken[: len(before.spoken)] == before.spoken


def test_only_what_was_spoken_has_a_second(refleqt: Composition) -> None:
    business = refleqt.business()
    held = refleqt.activities.record(
        business, ActivityDraft(external_id="A-1", activity_type="rant_round", held_at=NOON, notes="Notes.")
    )
    with refleqt.store.business(business) as tx:
        source = attrs.evolve(source_text(tx, "activity", held.id), spoken=((8, 1.5), (20, 4.0)))
    assert [source.second_at(position) for position in (0, 7, 8, 19, 20, 99)] == [None, None, 1.5, 1.5, 4.0, 4.0]


@pytest.mark.parametrize("source_type", READERS)
def test_another_business_finds_reads_and_embeds_nothing(refleqt: Composition, source_type: str) -> None:
    mine, other = refleqt.business("brine", competitors=RIVALS), refleqt.business("ash", competitors=RIVALS)
    written = vent(refleqt, mine, "Freshpan won again.")
    assert refleqt.context.search(other, "Freshpan") == []
    assert refleqt.context.embed(other, source_type, written.id) == 0
    assert refleqt.context.extract(other, source_type, written.id) == []
    assert refleqt.vectors.count(mine) == 1
    assert ("competitor_mention", "Freshpan") in valid(refleqt, mine)
