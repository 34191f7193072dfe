"""Any file through one door."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from composition import NOON

from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.activities import ActivityArtifact
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.imports import ImportBatch
from refleqt_core.intake.tooling import Signal, ToolingExtraction
from refleqt_core.values import BusinessId

EXAMPLE = Path(__file__).parents[2] / "examples" / "business"
FILES = ("team.yaml", "calendar.csv", "vents.jsonl", "ads.csv", "crm_deals.csv", "creators.yaml", "creator_history.csv")
VISITS = ("touches.csv", "conversions.csv", "performance.csv")

CALENDAR = """external_id,title,artifact_type,channel,colour
E-1,Ten ways,blog_copy,blog,red
E-2,,blog_copy,blog,red
E-3,Twelve ways,poem,blog,red
"""


@pytest.fixture
def refleqt() -> Iterator[Container]:
    with open_refleqt(Settings.in_memory(clock="simulated", clock_start=NOON)) as opened:
        yield opened


@pytest.fixture
def business(refleqt: Container) -> BusinessId:
    return refleqt.importer().take_in(EXAMPLE / "onboarding.yaml")


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def shortened(folder: Path, name: str, lines: int = 40) -> Path:
    """The first lines of an example, where all of it says no more of the importer."""
    return written(folder, name, "".join((EXAMPLE / name).read_text().splitlines(keepends=True)[:lines]))


def test_a_business_is_taken_in_from_its_file(refleqt: Container, business: BusinessId) -> None:
    assert [each.id for each in refleqt.profile().businesses()] == [business]


def test_the_onboarding_again_is_unchanged_and_another_is_a_change(
    refleqt: Container, business: BusinessId, tmp_path: Path
) -> None:
    path = EXAMPLE / "onboarding.yaml"
    done = refleqt.importer().import_file(business, path)
    assert (done.kind, done.read, done.changed, done.unchanged) == ("onboarding", 1, 0, 1)
    other = written(tmp_path, "onboarding.yaml", path.read_text().replace("industry:", "industry: very"))
    assert refleqt.importer().import_file(business, other).changed == 1


@pytest.mark.parametrize("name", [*FILES, *VISITS])
def test_every_kind_of_file_is_known_by_its_looks_and_imported_twice_is_imported_once(
    refleqt: Container, business: BusinessId, name: str, tmp_path: Path
) -> None:
    path = shortened(tmp_path, name) if name in VISITS else EXAMPLE / name
    if name == "creator_history.csv":
        refleqt.importer().import_file(business, EXAMPLE / "creators.yaml")
    first = refleqt.importer().import_file(business, path)
    again = refleqt.importer().import_file(business, path)
    assert first.kind == again.kind == refleqt.importer().kind_of(path)
    assert first.read == first.new > 0
    assert (again.new, again.changed, again.unchanged) == (0, 0, again.read)


def test_an_activity_brings_the_files_beside_it(refleqt: Container, business: BusinessId) -> None:
    path = EXAMPLE / "activities" / "A-03-customer-story-swap.yaml"
    assert refleqt.importer().import_file(business, path).new == 1
    with refleqt.store().business(business) as tx:
        assert [each.file_name for each in tx.find(ActivityArtifact)] == ["A-03-customer-story-swap.wav"]


def test_the_file_itself_is_kept(refleqt: Container, business: BusinessId) -> None:
    path = EXAMPLE / "calendar.csv"
    refleqt.importer().import_file(business, path)
    with refleqt.store().business(business) as tx:
        [batch] = tx.find(ImportBatch)
    assert batch.blob == hashlib.sha256(path.read_bytes()).hexdigest()
    with refleqt.blobs().open(batch.blob) as kept:
        assert kept.read() == path.read_bytes()


def test_every_fault_of_a_file_is_told_and_nothing_of_it_is_imported(
    refleqt: Container, business: BusinessId, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput) as refused:
        refleqt.importer().import_file(business, written(tmp_path, "calendar.csv", CALENDAR))
    assert [(fault.row, fault.field) for fault in refused.value.faults] == [(3, "title"), (4, "artifact_type")]
    assert refleqt.calendar().find(business) == []


def test_bad_rows_can_be_left_out_and_lie_with_their_reasons_beside_the_file(
    refleqt: Container, business: BusinessId, tmp_path: Path
) -> None:
    path = written(tmp_path, "calendar.csv", CALENDAR)
    done = refleqt.importer().import_file(business, path, skip_bad_rows=True)
    assert (done.read, done.new, done.rejected) == (3, 1, 2)
    assert done.rejected_file is not None and done.rejected_file.parent == tmp_path
    assert "poem" in done.rejected_file.read_text()
    with refleqt.store().business(business) as tx:
        assert [entry.external_id for entry in tx.find(CalendarEntry)] == ["E-1"]
        assert [(batch.read, batch.rejected) for batch in tx.find(ImportBatch)] == [(3, 2)]


def test_columns_that_were_not_used_are_named(refleqt: Container, business: BusinessId, tmp_path: Path) -> None:
    path = written(tmp_path, "calendar.csv", CALENDAR)
    assert refleqt.importer().import_file(business, path, skip_bad_rows=True).unused_columns == ("colour",)


def test_nothing_rejected_leaves_no_file(refleqt: Container, business: BusinessId, tmp_path: Path) -> None:
    path = shortened(tmp_path, "performance.csv")
    assert refleqt.importer().import_file(business, path, skip_bad_rows=True).rejected_file is None
    assert list(tmp_path.iterdir()) == [path]


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(refleqt: Container, business: BusinessId) -> None:
    with pytest.raises(InvalidInput, match=r"'poem' is no kind of file.*calendar"):
        refleqt.importer().import_file(business, EXAMPLE / "vents.jsonl", kind="poem")


def test_every_kind_has_somebody_who_takes_it_in(refleqt: Container) -> None:
    importer = refleqt.importer()
    assert set(importer.kinds) == set(importer._importers) | {"transcript", "slack"}


def test_a_tool_s_file_is_extracted_and_compared_with_the_month_before(
    refleqt: Container, business: BusinessId, tmp_path: Path
) -> None:
    days = [f"2026-02-{n:02}" for n in range(1, 29)] + [f"2026-03-{n:02}" for n in range(1, 29)]
    rows = [f"{day},spring,ad-1,bw-1,1000,{50 if day < '2026-03' else 90},1.00,0,EUR\n" for day in days]
    header = "day,campaign,ad_id,utm_content,impressions,clicks,cost,conversions,currency\n"
    refleqt.importer().import_file(business, written(tmp_path, "ads.csv", header + "".join(rows)))
    with refleqt.store().business(business) as tx:
        assert [each.source for each in tx.find(ToolingExtraction)] == ["ads"]
        assert {(each.entity_id, each.metric, each.signal_type) for each in tx.find(Signal)} == {
            ("spring", "clicks", "rise"),
            ("ad-1", "clicks", "rise"),
        }
