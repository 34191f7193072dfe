"""What is taken back is gone with all that followed from it."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import attrs
import pytest
from composition import NOON, Composition

from refleqt_core.context.forgetting import without_citations
from refleqt_core.context.records import (
    CompetitiveIntelligence,
    ContextExtraction,
    InferredSegment,
    PassageReading,
    SourceReading,
)
from refleqt_core.context.service import ContextService
from refleqt_core.errors import InvalidInput, NotFound, Unavailable
from refleqt_core.intake.activities import Activity, ActivityArtifact, StoredTranscript
from refleqt_core.intake.business import Competitors
from refleqt_core.intake.drafts import ActivityDraft, UploadedFile
from refleqt_core.intake.vents import VentEntry, VentTheme
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.ports import where
from refleqt_core.values import BusinessId

RIVALS = Competitors(direct=("Freshpan",))


def vent(refleqt: Composition, business: BusinessId, text: str, **more: object) -> VentEntry:
    written = refleqt.vents.write(business, text, **more)
    refleqt.work()
    return refleqt.rows(business, VentEntry, *where(id=written.id))[0]


def activity(refleqt: Composition, business: BusinessId, *files: bytes, name: str = "A-1") -> Activity:
    uploads = [
        UploadedFile(name=f"{n}.txt", media_type="text/plain", data=BytesIO(data)) for n, data in enumerate(files)
    ]
    draft = ActivityDraft(external_id=name, activity_type="rant_round", held_at=NOON, notes="Freshpan won again.")
    held = refleqt.activities.record(business, draft, uploads)
    refleqt.work()
    return held


def transcript(refleqt: Composition, business: BusinessId, artifact: ActivityArtifact, text: str) -> StoredTranscript:
    return StoredTranscript(
        id=uuid4(),
        business_id=business,
        activity_artifact_id=artifact.id,
        text=text,
        segments=({"start": 1.5, "end": 2.0, "text": text},),
        language="en",
        model="m",
        duration=2.0,
        blob=refleqt.blobs.put(BytesIO(text.encode())),
        transcribed_at=NOON,
    )


def cited(business: BusinessId, source: UUID, text: str) -> RecommendationOutcome:
    return RecommendationOutcome(
        id=uuid4(),
        business_id=business,
        recommendation_type="calendar_suggestion",
        recommendation_content={
            "title": "A reply",
            "outline": [f"Begin with “{text.rstrip('.')}”"],
            "quotes": [{"text": text, "source_type": "vent", "source_id": str(source)}],
        },
        recommended_at=NOON,
        propensity=1.0,
        policy_version="p",
        recommendation_model_version="m",
    )


def test_a_removed_vent_leaves_neither_vectors_nor_findings(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    refleqt.removal.remove_vent(business, written.id)
    kinds = (VentEntry, VentTheme, ContextExtraction, PassageReading, SourceReading)
    assert [refleqt.rows(business, kind) for kind in kinds] == [[]] * len(kinds)
    assert refleqt.vectors.count(business) == 0


def test_what_others_say_of_a_competitor_stays_known(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    vent(refleqt, business, "Freshpan is cheap.")
    refleqt.removal.remove_vent(business, written.id)
    [known] = refleqt.rows(business, CompetitiveIntelligence)
    assert known.mentions == 1
    assert set(known.evidence) <= {row.id for row in refleqt.rows(business, ContextExtraction)}


def test_a_theme_is_counted_and_dated_by_the_vents_that_are_left(refleqt: Composition) -> None:
    business = refleqt.business()
    days = [NOON - timedelta(days=n) for n in (9, 5, 1)]
    first, *_ = [vent(refleqt, business, "The scanners are slow.", written_at=day, tags=["tools"]) for day in days]
    refleqt.removal.remove_vent(business, first.id)
    [theme] = refleqt.rows(business, VentTheme)
    assert (theme.count, theme.first_seen, theme.last_seen) == (2, days[1], days[2])


def test_a_theme_is_not_called_by_words_of_a_vent_that_is_gone(refleqt: Composition) -> None:
    business = refleqt.business()
    vents = [
        vent(refleqt, business, f"The scanners are slow{end}", tags=tags) for end, tags in ((".", ["a"]), ("!", ["b"]))
    ]
    assert vents[0].theme_id == vents[1].theme_id
    refleqt.removal.remove_vent(business, vents[0].id)
    assert [theme.label for theme in refleqt.rows(business, VentTheme)] == ["b"]


def test_a_recommendation_says_that_what_it_cited_is_gone_and_repeats_none_of_it(refleqt: Composition) -> None:
    business = refleqt.business()
    written, other = (vent(refleqt, business, text) for text in ("The scanners are slow.", "Nobody reads our mail."))
    refleqt.add(business, cited(business, written.id, written.text), cited(business, other.id, other.text))
    refleqt.removal.remove_vent(business, written.id)
    marked, kept = sorted(refleqt.rows(business, RecommendationOutcome), key=lambda row: -row.version)
    assert "scanners" not in str(marked.recommendation_content)
    assert marked.recommendation_content["quotes"][0]["source_removed"] is True
    assert kept.recommendation_content["quotes"][0]["text"] == other.text


def test_a_group_rests_no_longer_on_findings_that_are_gone(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    found, other = refleqt.rows(business, ContextExtraction)[0].id, uuid4()
    group = InferredSegment(id=uuid4(), business_id=business, name="g", evidence=(found, other), inferred_at=NOON)
    refleqt.add(business, group)
    refleqt.removal.remove_vent(business, written.id)
    assert refleqt.rows(business, InferredSegment)[0].evidence == (other,)


def test_what_cites_nothing_of_the_source_is_given_back_as_it_is() -> None:
    content = {"quotes": [{"text": "No.", "source_id": str(uuid4())}], "outline": ("No.", 1)}
    assert without_citations(content, uuid4(), set()) == content


def test_a_word_or_two_are_not_withdrawn_from_other_texts() -> None:
    source = uuid4()
    content = {"quotes": [{"text": "No.", "source_id": str(source)}], "title": "No. 1 in the North"}
    assert without_citations(content, source, set())["title"] == "No. 1 in the North"


def test_a_removed_activity_takes_its_files_and_transcripts_along(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    held = activity(refleqt, business, b"notes")
    [artifact] = refleqt.rows(business, ActivityArtifact)
    said = transcript(refleqt, business, artifact, "Freshpan again.")
    refleqt.add(business, said)
    refleqt.context.extract(business, "activity", held.id)
    refleqt.removal.remove_activity(business, held.id)
    kinds = (Activity, ActivityArtifact, StoredTranscript, ContextExtraction, CompetitiveIntelligence)
    assert [refleqt.rows(business, kind) for kind in kinds] == [[]] * len(kinds)
    assert [refleqt.blobs.exists(blob) for blob in (artifact.blob, said.blob)] == [False, False]
    assert refleqt.vectors.count(business) == 0


@pytest.mark.parametrize("whose", ["mine", "another's"])
def test_a_file_that_somebody_else_has_stays(refleqt: Composition, whose: str) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    held = activity(refleqt, mine, b"RIFF")
    activity(refleqt, mine if whose == "mine" else other, b"RIFF", name="A-2")
    [blob, *_] = [row.blob for row in refleqt.rows(mine, ActivityArtifact)]
    refleqt.removal.remove_activity(mine, held.id)
    assert refleqt.blobs.exists(blob)


@pytest.mark.parametrize("kind", ["vent", "activity"])
def test_another_business_removes_nothing(refleqt: Composition, kind: str) -> None:
    mine, other = refleqt.business("brine", competitors=RIVALS), refleqt.business("ash")
    held = vent(refleqt, mine, "Freshpan won again.") if kind == "vent" else activity(refleqt, mine)
    findings = refleqt.rows(mine, ContextExtraction)
    with pytest.raises(NotFound):
        getattr(refleqt.removal, f"remove_{kind}")(other, held.id)
    assert findings and refleqt.rows(mine, ContextExtraction) == findings


def test_forgetting_twice_is_forgetting_once(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = vent(refleqt, business, "Freshpan won again.")
    for _ in range(2):
        with refleqt.store.business(business) as tx:
            refleqt.context.forget(tx, business, "vent", written.id)
        assert refleqt.rows(business, ContextExtraction) == []


def test_only_sources_that_there_are_can_be_forgotten(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput, match="no type of source"), refleqt.store.business(business) as tx:
        refleqt.context.forget(tx, business, "rumour", uuid4())


def test_what_is_read_while_its_source_goes_is_not_kept(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    written = refleqt.vents.write(business, "Freshpan won again.")

    class Slow:
        model = refleqt.llm.model

        def complete(self, prompt, schema):
            refleqt.removal.remove_vent(business, written.id)
            return refleqt.llm.complete(prompt, schema)

    reading: ContextService = attrs.evolve(refleqt.context, llm=Slow())
    assert reading.extract(business, "vent", written.id) == []
    assert refleqt.rows(business, ContextExtraction) == []


def test_what_is_embedded_while_its_source_goes_has_no_vectors(refleqt: Composition) -> None:
    business = refleqt.business()
    written = refleqt.vents.write(business, "The scanners are slow.")

    class Slow:
        model, dimension = refleqt.embedder.model, refleqt.embedder.dimension

        def embed(self, texts):
            refleqt.removal.remove_vent(business, written.id)
            return refleqt.embedder.embed(texts)

    attrs.evolve(refleqt.context, embedder=Slow()).embed(business, "vent", written.id)
    assert refleqt.vectors.count(business) == 0


def test_of_a_reading_that_is_broken_off_nothing_is_left_when_its_source_has_gone(refleqt: Composition) -> None:
    business = refleqt.business()
    written = refleqt.vents.write(business, "The scanners are slow and nobody cares. " * 300)

    class Breaking:
        model = refleqt.llm.model

        def complete(self, prompt, schema):
            if not refleqt.rows(business, VentEntry):
                raise Unavailable("gone")
            refleqt.removal.remove_vent(business, written.id)
            return refleqt.llm.complete(prompt, schema)

    with pytest.raises(Unavailable):
        attrs.evolve(refleqt.context, llm=Breaking()).extract(business, "vent", written.id)
    assert refleqt.rows(business, PassageReading) == []


def test_of_a_removed_activity_neither_what_it_gave_nor_its_quality_is_left(refleqt: Composition) -> None:
    business = refleqt.business(competitors=RIVALS)
    held = activity(refleqt, business)
    learned = {"source_type": "activity", "source_id": str(held.id), "confidence": "medium"}
    asked = attrs.evolve(cited(business, uuid4(), "x"), context_extracted=learned, context_quality_score=0.45)
    with refleqt.store.business(business) as tx:
        tx.add(asked)
    refleqt.removal.remove_activity(business, held.id)
    [told] = refleqt.rows(business, RecommendationOutcome)
    assert ("confidence" in told.context_extracted, told.context_quality_score) == (False, None)
