"""Each step from a recording to what was learned of it, on both stores, with a voice that is really heard."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbits
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from refleqt_adapters.container import Container, open_refleqt, work
from refleqt_adapters.settings import Settings
from refleqt_core.context.activity_pages import ActivityPage
from refleqt_core.context.quality import CONTEXT_KINDS
from refleqt_core.context.records import AnalyticsSnapshot
from refleqt_core.errors import NotFound
from refleqt_core.intake.activities import Activity, ActivityArtifact, Participant
from refleqt_core.intake.business import Competitors
from refleqt_core.intake.drafts import ActivityDraft, OnboardingForm, UploadedFile
from refleqt_core.jobs.catalogue import AnalyzePatterns, job
from refleqt_core.ports import where
from refleqt_core.values import BusinessId

PRICE = Path(__file__).parents[1] / "contract" / "recordings" / "price.wav"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTES = (
    "Ada: Our customer is the head chef. Customers love that Freshpan answers on the same day.\n"
    "Bo: Our customer is whoever signs. We disagree about the price, and customers want a smaller plan.\n"
    "Ada: We sound like a colleague, never like a megaphone. We should call the five kitchens that left."
)
TRANSCRIPT = b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Bo>Freshpan gives its camera away.\n"


class Held(NamedTuple):
    """A recommended activity with a recording, a transcript and notes, after all jobs were done."""

    refleqt: Container
    business: BusinessId
    page: ActivityPage
    jobs: list[str]


@pytest.fixture(scope="module", params=["memory", "postgres"])
def refleqt(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    clock = {"clock": "simulated", "clock_start": NOON, "seed": randbits(31)}  # the database may see several
    if request.param == "memory":
        settings = Settings.in_memory(**clock)
    else:
        url = SecretStr(request.getfixturevalue("database_url"))
        home = tmp_path_factory.mktemp("home")
        settings = Settings.model_validate(clock | {"home": home, "database_url": url, "embedder": "memory"})
    with open_refleqt(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def held(refleqt: Container) -> Held:
    slug = f"activity-pipeline-{refleqt.ids().new()}"
    form = OnboardingForm(name="Brinewell", slug=slug, competitors=Competitors(direct=("Freshpan",)))
    business = BusinessId(refleqt.onboarding().complete(form).id)
    asked = refleqt.activity_advice().recommend(business)
    draft = ActivityDraft(
        external_id="A-1",
        activity_type=asked.recommendation_content["activity_type"],
        held_at=NOON,
        participants=(Participant(name="Ada", role="founder"), Participant(name="Bo")),
        notes=NOTES,
    )
    files = [
        UploadedFile(name="price.wav", media_type="", data=io.BytesIO(PRICE.read_bytes())),
        UploadedFile(name="talk.vtt", media_type="", data=io.BytesIO(TRANSCRIPT)),
    ]
    made = refleqt.activities().record(business, draft, files)
    jobs = [record.job.kind for record in refleqt.queue().jobs(business_id=business)]
    work(refleqt)
    return Held(refleqt, business, refleqt.activity_pages().get(business, made.id), jobs)


def test_an_uploaded_recording_is_an_object_that_the_activity_refers_to(held: Held) -> None:
    _, data = held.refleqt.activity_pages().open(held.business, held.page.files[0].artifact.id)
    with data:
        assert data.read() == PRICE.read_bytes()


def test_a_job_to_hear_it_was_asked_for(held: Held) -> None:
    assert held.jobs.count("transcribe_audio") == 1


def test_what_was_heard_is_kept_as_document_and_as_object(held: Held) -> None:
    transcript = held.page.files[0].transcript
    assert transcript is not None and "raise the price" in transcript.text
    with held.refleqt.blobs().open(transcript.blob) as data:
        assert data.read().decode() == transcript.text


def test_a_written_transcript_is_kept_with_its_speaker(held: Held) -> None:
    assert ("Bo", "Freshpan gives its camera away.", 1.0) in [turn[:3] for turn in held.page.turns]


def test_findings_of_the_kinds_of_the_design_are_on_record_with_their_quotes(held: Held) -> None:
    found = {finding.kind for finding in held.page.findings}
    design = {"theme", "brand_voice", "competitor_mention", "customer_insight", "alignment_gap"}
    assert design <= found and all(finding.quote for finding in held.page.findings)


def test_every_topic_has_an_emotional_charge(held: Held) -> None:
    assert any(finding.charge > 0 for finding in held.page.findings)


def test_the_profile_shows_what_was_found(held: Held) -> None:
    profile = held.refleqt.profile().read(held.business)
    assert {finding.id for finding in held.page.findings} <= {finding.id for finding in profile.extractions}
    assert "Freshpan" in {each.competitor for each in profile.competitors}


@pytest.mark.parametrize("query", ["raise the price", "camera away", "megaphone"])
def test_recording_transcript_and_notes_are_found(held: Held, query: str) -> None:
    best = held.refleqt.context().search(held.business, query)[0]
    assert (best.source_type, best.source_id) == ("activity", held.page.activity.id)


def test_the_lineage_ends_with_a_confidence(held: Held) -> None:
    [told] = held.refleqt.activity_advice().lineage(held.business)
    learned = told.recommendation.context_extracted
    assert told.recommendation.user_action == "accepted"
    assert learned["counts"].keys() & set(CONTEXT_KINDS) and learned["activity_id"] == str(held.page.activity.id)
    assert told.confidence in ("high", "medium", "low")
    assert told.recommendation.context_quality_score == pytest.approx(held.page.quality.score)  # type: ignore[union-attr]


def test_two_views_of_one_thing_stand_side_by_side(held: Held) -> None:
    pairs = held.refleqt.activity_report().read(held.business).alignment.widest
    assert {"Our customer is the head chef.", "Our customer is whoever signs."} in [
        {pair.one.text, pair.other.text} for pair in pairs
    ]


def test_the_nightly_job_keeps_the_signals(held: Held) -> None:
    with held.refleqt.store().business(held.business) as tx:
        held.refleqt.queue().enqueue(job(AnalyzePatterns(day=NOON.date()), held.business), tx=tx)
    work(held.refleqt)
    with held.refleqt.store().business(held.business) as tx:
        [snapshot] = tx.find(AnalyticsSnapshot, *where(kind="activity_signals"))
    assert snapshot.patterns["consistency"]["held"] == 1


def test_another_business_sees_nothing_of_it(held: Held) -> None:
    other = BusinessId(held.refleqt.onboarding().complete(OnboardingForm(name="Ash", slug="activity-ash")).id)
    with pytest.raises(NotFound):
        held.refleqt.activity_pages().get(other, held.page.activity.id)
    with pytest.raises(NotFound):
        held.refleqt.activity_pages().open(other, held.page.files[0].artifact.id)
    assert held.refleqt.activity_advice().lineage(other) == []


@pytest.mark.skipif(shutil.which("flite") is None, reason="there is no program flite here")
def test_a_voice_of_a_synthesizer_is_heard_with_its_seconds(refleqt: Container, tmp_path: Path) -> None:
    file = tmp_path / "voice.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", "Our customers ask about the price", "-o", str(file)], check=True)
    form = OnboardingForm(name="Voice", slug="activity-voice")
    business = BusinessId(refleqt.onboarding().complete(form).id)
    draft = ActivityDraft(external_id="A-1", activity_type="rant_round", held_at=NOON)
    with file.open("rb") as data:
        made = refleqt.activities().record(business, draft, [UploadedFile(name="x.bin", media_type="", data=data)])
    work(refleqt)
    page = refleqt.activity_pages().get(business, made.id)
    assert "price" in page.turns[-1].text and page.turns[0].second is not None


def test_a_removed_activity_leaves_no_row_behind(refleqt: Container) -> None:
    business = BusinessId(refleqt.onboarding().complete(OnboardingForm(name="Gone", slug="activity-gone")).id)
    draft = ActivityDraft(external_id="A-1", activity_type="rant_round", held_at=NOON, notes=NOTES)
    file = UploadedFile(name="talk.vtt", media_type="", data=io.BytesIO(TRANSCRIPT))
    made = refleqt.activities().record(business, draft, [file])
    work(refleqt)
    refleqt.removal().remove_activity(business, made.id)
    with refleqt.store().business(business) as tx:
        left = [tx.count(kind) for kind in (Activity, ActivityArtifact)]
    assert left == [0, 0] and refleqt.vectors().count(business) == 0
