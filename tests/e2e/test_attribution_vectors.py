"""Real paths and foreign libraries' numbers: every model conserves, and agrees with a slow reference of its own."""

import json
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from refleqt_adapters.connectors.path_file import read_path_file
from refleqt_core.attribution.models import MODELS
from refleqt_core.attribution.path_report import By, PathReport, PathTable, path_report

PROJECT = Path(__file__).parents[2]
DATA = Path(os.environ.get("REFLEQT_SHARED_DATA", PROJECT.parent / "shared" / "data")) / "attribution"

pytestmark = pytest.mark.skipif(
    not (DATA / "paths.csv").is_file(), reason="the shared data folder is absent; REFLEQT_SHARED_DATA names it"
)


@pytest.fixture(scope="module")
def table() -> PathTable:
    return read_path_file(DATA / "paths.csv").table


@pytest.fixture(scope="module")
def vectors() -> dict[str, dict]:
    return {vector["name"]: vector for vector in json.loads((DATA / "vectors.json").read_text())["vectors"]}


def report_on(vector: dict, tmp_path: Path, by: By = "conversions") -> PathReport:
    """What is reported of the vector's paths, written to a file and read again."""
    columns = [name for name in ("conversions", "value", "null") if name in vector["paths"][0]]
    lines = [",".join([f'"{row["path"]}"', *(str(row[name]) for name in columns)]) for row in vector["paths"]]
    file = tmp_path / "paths.csv"
    file.write_text("\n".join([",".join(["path", *columns]), *lines]))
    return path_report(read_path_file(file).table, by=by)


def reference_weights(model: str, n: int) -> list[float]:
    """The definitions once more, step by step, in plain Python."""
    if model == "first_touch":
        return [1.0] + [0.0] * (n - 1)
    if model == "last_touch":
        return [0.0] * (n - 1) + [1.0]
    if model == "linear":
        return [1.0 / n] * n
    if model == "time_decay":
        decay = [0.5 ** ((n - 1 - step) / 7) for step in range(n)]
        return [weight / sum(decay) for weight in decay]
    return {1: [1.0], 2: [0.5, 0.5]}.get(n) or [0.4, *[0.2 / (n - 2)] * (n - 2), 0.4]


def reference(model: str, paths: tuple[str, ...], amounts: list[float]) -> dict[str, float]:
    credit: dict[str, float] = defaultdict(float)
    for path, amount in zip(paths, amounts, strict=True):
        touches = path.split(" > ")
        for channel, weight in zip(touches, reference_weights(model, len(touches)), strict=True):
            credit[channel] += weight * amount
    return {channel: amount for channel, amount in credit.items() if amount}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("by", "total"), [("conversions", 19_785), ("value", 74_802.97)])
def test_every_model_conserves_the_total_of_the_real_paths(table: PathTable, model: str, by: By, total: float):
    report = path_report(table, models=[model], by=by)
    assert report["total"] == pytest.approx(total, abs=0.005)
    assert sum(report["models"][model].values()) + report["unattributed"] == pytest.approx(report["total"], rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("by", ["conversions", "value"])
def test_every_model_agrees_with_a_loop_over_the_real_paths(table: PathTable, model: str, by: By):
    expected = reference(model, table.paths, table.amounts(by).tolist())
    assert path_report(table, models=[model], by=by)["models"][model] == pytest.approx(expected, rel=1e-9)


def test_the_real_paths_are_read_whole(table: PathTable):
    assert len(table.paths) == 10_000
    assert np.sum(table.nulls) == 68_602
    assert max(path.count(">") for path in table.paths) == 88


def test_three_journeys_agree_with_mta(vectors: dict[str, dict], tmp_path: Path):
    vector = vectors["mta_three_journeys"]
    expected, report = vector["expected"], report_on(vector, tmp_path)
    models = report["models"]
    assert models["first_touch"] == pytest.approx(expected["first_touch"])
    assert models["last_touch"] == pytest.approx(expected["last_touch"])
    assert models["linear"] == pytest.approx(expected["linear_equal_share"])
    assert models["position_based"] == pytest.approx(expected["position_40_20_40"])
    by_credit = sorted(models["time_decay"], key=models["time_decay"].__getitem__, reverse=True)
    assert [channel for channel in by_credit if channel != "direct"] == expected["time_decay_order"]
    assert report["total"] == expected["total"]


def test_a_repeated_touch_gets_two_shares_and_the_report_says_so(vectors: dict[str, dict], tmp_path: Path):
    vector = vectors["mta_linear_repeated_touch"]
    report = report_on(vector, tmp_path)
    assert report["models"]["linear"] == pytest.approx(vector["expected"]["linear_proportional"])
    assert any(note.startswith("linear:") for note in report["notes"])


def test_two_touches_get_a_half_each_and_the_report_says_that_others_differ(vectors: dict[str, dict], tmp_path: Path):
    vector = vectors["mta_two_touch_position"]
    report = report_on(vector, tmp_path)
    assert report["models"]["position_based"] == pytest.approx(vector["expected"]["position_40_20_40"])
    assert report["models"]["position_based"] != pytest.approx(vector["expected"]["position_30_0_70"])
    assert any("30 %, 0 % and 70 %" in note for note in report["notes"])


@pytest.mark.parametrize("model", MODELS)
def test_degenerate_paths_make_no_empty_channel_and_lose_nothing(vectors: dict[str, dict], tmp_path: Path, model: str):
    vector = vectors["mta_degenerate_paths"]
    report = report_on(vector, tmp_path)
    credit = report["models"][model]
    assert set(credit) <= set(vector["expected"]["channels"])
    assert report["unattributed"] == 3
    assert sum(credit.values()) + report["unattributed"] == pytest.approx(report["total"])


def test_degenerate_paths_keep_every_real_channel(vectors: dict[str, dict], tmp_path: Path):
    vector = vectors["mta_degenerate_paths"]
    assert sorted(report_on(vector, tmp_path)["models"]["linear"]) == vector["expected"]["channels"]


@pytest.mark.parametrize("model", ["first_touch", "last_touch"])
def test_paths_that_never_converted_get_nothing(vectors: dict[str, dict], tmp_path: Path, model: str):
    vector = vectors["mta_null_rows_gapped_index"]
    assert report_on(vector, tmp_path)["models"][model] == vector["expected"][model]


def test_a_single_path_of_different_channels_is_split_as_shapley_splits_it(vectors: dict[str, dict], tmp_path: Path):
    vector = vectors["mta_shapley_symmetric"]
    assert report_on(vector, tmp_path)["models"]["linear"] == pytest.approx(vector["expected"]["shapley"])


@pytest.mark.parametrize("model", MODELS)
def test_the_markov_paths_conserve_their_conversions(vectors: dict[str, dict], tmp_path: Path, model: str):
    report = report_on(vectors["mta_markov_transition"], tmp_path)
    assert sum(report["models"][model].values()) == pytest.approx(4)
    assert set(report["models"][model]) <= {"a", "b", "c"}


@pytest.mark.parametrize("model", MODELS)
def test_nine_journeys_sum_to_their_value_as_in_dp6(vectors: dict[str, dict], tmp_path: Path, model: str):
    vector = vectors["dp6_nine_journeys"]
    assert sum(report_on(vector, tmp_path, by="value")["models"][model].values()) == pytest.approx(
        vector["expected"]["every_model_sum"]
    )


@pytest.mark.parametrize("model", MODELS)
def test_each_of_the_nine_journeys_sums_to_its_value(vectors: dict[str, dict], model: str):
    vector = vectors["dp6_nine_journeys"]
    for row in vector["paths"]:
        single = PathTable(paths=(row["path"],), values=np.array([float(row["value"])]))
        credit = path_report(single, models=[model], by="value")["models"][model]
        assert sum(credit.values()) == pytest.approx(vector["expected"]["per_journey_sum"])
