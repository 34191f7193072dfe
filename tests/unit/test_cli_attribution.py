"""``refleqt attribution credits``: credits of paths that another tool has added up, with no database."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from refleqt_cli.main import app

PROJECT = Path(__file__).parents[2]
PATHS = Path(os.environ.get("REFLEQT_SHARED_DATA", PROJECT.parent / "shared" / "data")) / "attribution" / "paths.csv"
HEADER = "path,total_conversions,total_conversion_value,total_null"
MODELS = ["first_touch", "last_touch", "linear", "time_decay", "position_based"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "paths.csv"
    path.write_text(f"{HEADER}\nsearch > email > search,3,90.0,1\nemail,2,10.5,0\nsocial > email,1,0.0,4\n")
    return path


def credits(path: Path, *options: str) -> Result:
    environment = {"COLUMNS": "100", "REFLEQT_DATABASE_URL": "postgresql://nowhere.invalid/none"}
    return CliRunner().invoke(app, ["attribution", "credits", "--paths", str(path), *options], env=environment)


def test_json_holds_every_model_and_the_total_and_nothing_else_is_on_stdout(file: Path):
    result = credits(file, "--model", "all", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert list(report["models"]) == MODELS
    assert report["total"] == 6
    assert report["models"]["first_touch"] == {"search": 3, "email": 2, "social": 1}
    assert report["models"]["last_touch"] == {"search": 3, "email": 3}
    assert report["models"]["linear"] == pytest.approx({"search": 2, "email": 3.5, "social": 0.5})
    assert report["models"]["position_based"] == pytest.approx({"search": 2.4, "email": 3.1, "social": 0.5})


def test_json_says_that_time_decay_takes_one_day_a_step(file: Path):
    notes = json.loads(credits(file, "--json").stdout)["notes"]
    assert any("each step counts as one day" in note for note in notes)


def test_value_splits_money_instead_of_conversions(file: Path):
    report = json.loads(credits(file, "--value", "--json").stdout)
    assert report["total"] == pytest.approx(100.5)
    assert report["models"]["first_touch"] == pytest.approx({"search": 90.0, "email": 10.5})


def test_one_model_or_several_can_be_named(file: Path):
    one = json.loads(credits(file, "--model", "linear", "--json").stdout)
    two = json.loads(credits(file, "--model", "linear", "--model", "last_touch", "--json").stdout)
    assert list(one["models"]) == ["linear"]
    assert list(two["models"]) == ["linear", "last_touch"]


def test_an_unknown_model_is_refused_with_the_known_ones(file: Path):
    result = credits(file, "--model", "guesswork", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "guesswork" in result.stderr
    assert "position_based" in result.stderr


def test_the_page_shows_every_channel_and_the_total(file: Path):
    page = credits(file).stdout
    for word in ("search", "email", "social", "all conversions", "6.00", "3.10"):
        assert word in page


def test_a_bad_row_is_named_by_file_row_and_field(file: Path):
    file.write_text(f"{HEADER}\nsearch,1,2.0,0\nemail,-4,1.0,0\n")
    result = credits(file, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    for word in (file.name, "3", "total_conversions", "-4 is negative"):
        assert word in result.stderr


def test_bad_rows_can_be_left_out_and_are_written_down_with_their_reasons(file: Path):
    file.write_text(f"{HEADER}\nsearch,1,2.0,0\nemail,-4,1.0,0\n")
    result = credits(file, "--skip-bad-rows", "--json")
    report = json.loads(result.stdout)
    assert report["models"]["linear"] == {"search": 1}
    assert any("rows left out: 1" in note for note in report["notes"])
    assert "-4 is negative" in file.with_name("paths.csv.rejected.csv").read_text()


def test_a_file_that_is_not_there_is_an_input_fault(tmp_path: Path):
    result = credits(tmp_path / "none.csv")
    assert result.exit_code == 2
    assert "none.csv" in result.stderr


@pytest.mark.skipif(not PATHS.is_file(), reason="the shared data folder is absent; REFLEQT_SHARED_DATA names it")
@pytest.mark.parametrize(("options", "total"), [([], 19_785), (["--value"], 74_802.97)])
def test_real_paths_conserve_their_total_under_every_model(options: list[str], total: float):
    report = json.loads(credits(PATHS, "--model", "all", *options, "--json").stdout)
    assert report["total"] == pytest.approx(total, abs=0.005)
    for model in MODELS:
        assert sum(report["models"][model].values()) + report["unattributed"] == pytest.approx(total, abs=0.005)
