"""What people said leaves nothing behind when it is removed, however it came in."""

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import attrs
import pytest
from composition import NOON

from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.intake.activities import Activity, ActivityArtifact
from refleqt_core.intake.imports import ImportBatch
from refleqt_core.intake.vents import VentEntry
from refleqt_core.values import BusinessId

ONBOARDING = Path(__file__).parents[2] / "examples" / "business" / "onboarding.yaml"

SAID = {
    "meeting.vtt": "WEBVTT\n\n00:00:03.000 --> 00:00:05.000\n<v Ana Ruiz>It is a secret.</v>\n",
    "activity.yaml": "external_id: A-1\nactivity_type: rant_round\nheld_at: 2026-02-01T09:00:00Z\nnotes: a secret\n",
    "vents.jsonl": '{"external_id": "V-1", "text": "a secret", "written_at": "2026-02-01T09:00:00Z"}\n'
    '{"external_id": "V-2", "text": "another", "written_at": "2026-02-02T09:00:00Z"}\n',
    "complaint.eml": "From: a@x.example\nDate: Mon, 2 Feb 2026 09:00:00 +0000\nSubject: Hm\n\nIt is a secret.\n",
}


@pytest.fixture
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOON)) as opened:
        yield opened


@pytest.fixture
def business(refleqt: Container) -> BusinessId:
    return refleqt.importer().take_in(ONBOARDING)


def imported(refleqt: Container, business: BusinessId, folder: Path, name: str) -> ImportBatch:
    path = folder / name
    path.write_text(SAID[name])
    refleqt.importer().import_file(business, path)
    return batch(refleqt, business)


def batch(refleqt: Container, business: BusinessId) -> ImportBatch:
    with refleqt.store().business(business) as tx:
        return next(each for each in tx.find(ImportBatch) if each.kind in ("activity", "vents"))


def remove_first(refleqt: Container, business: BusinessId) -> None:
    with refleqt.store().business(business) as tx:
        activities, vents = tx.find(Activity), tx.find(VentEntry, order="written_at")
    for activity in activities:
        refleqt.removal().remove_activity(business, activity.id)
    for vent in vents[:1]:
        refleqt.removal().remove_vent(business, vent.id)


def name_the_file(refleqt: Container, business: BusinessId, content: str) -> str:
    """The import names the file itself, as imports did before there were manifests."""
    blob = refleqt.blobs().put(BytesIO(content.encode()))
    record = batch(refleqt, business)
    with refleqt.store().business(business) as tx:
        tx.save(attrs.evolve(record, blob=blob))
    return blob


@pytest.mark.parametrize("name", SAID)
def test_an_import_keeps_what_file_it_was_and_none_of_its_words(
    refleqt: Container, business: BusinessId, tmp_path: Path, name: str
):
    record = imported(refleqt, business, tmp_path, name)
    with refleqt.blobs().open(record.blob) as kept:
        told = json.load(kept)
    digest = sha256(SAID[name].encode()).hexdigest()
    assert told == {"file": name, "bytes": len(SAID[name]), "sha256": digest, "read": record.read}


@pytest.mark.parametrize("name", SAID)
def test_what_is_removed_leaves_no_file_of_an_import_behind(
    refleqt: Container, business: BusinessId, tmp_path: Path, name: str
):
    imported(refleqt, business, tmp_path, name)
    remove_first(refleqt, business)
    assert not refleqt.blobs().exists(sha256(SAID[name].encode()).hexdigest())


@pytest.mark.parametrize("name", SAID)
def test_the_file_of_an_old_import_goes_with_what_is_removed(
    refleqt: Container, business: BusinessId, tmp_path: Path, name: str
):
    new = imported(refleqt, business, tmp_path, name)
    old = name_the_file(refleqt, business, SAID[name])
    remove_first(refleqt, business)
    assert not refleqt.blobs().exists(old)
    assert batch(refleqt, business).blob == new.blob


def test_a_file_that_another_activity_has_stays_when_the_import_no_longer_names_it(
    refleqt: Container, business: BusinessId, tmp_path: Path
):
    imported(refleqt, business, tmp_path, "meeting.vtt")
    old = name_the_file(refleqt, business, SAID["meeting.vtt"])
    imported(refleqt, business, tmp_path, "activity.yaml")
    with refleqt.store().business(business) as tx:
        (other,) = [each for each in tx.find(Activity) if each.external_id == "A-1"]
    refleqt.removal().remove_activity(business, other.id)
    with refleqt.store().business(business) as tx:
        assert [each.blob for each in tx.find(ActivityArtifact)] == [old]
    assert refleqt.blobs().exists(old)


def test_an_import_whose_file_is_lost_hinders_no_removal(refleqt: Container, business: BusinessId, tmp_path: Path):
    imported(refleqt, business, tmp_path, "vents.jsonl")
    refleqt.blobs().remove(name_the_file(refleqt, business, SAID["vents.jsonl"]))
    remove_first(refleqt, business)
    with refleqt.store().business(business) as tx:
        assert tx.count(VentEntry) == 1


def test_the_same_transcript_under_another_name_is_the_same_activity(
    refleqt: Container, business: BusinessId, tmp_path: Path
):
    imported(refleqt, business, tmp_path, "meeting.vtt")
    other = tmp_path / "again.vtt"
    other.write_text(SAID["meeting.vtt"])
    assert refleqt.importer().import_file(business, other).unchanged == 1
