"""Calendars in and out at the terminal: files of calendar programs and publishing systems, exports, a feed."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner, Result

from refleqt_cli.main import app

BUSINESS = Path(__file__).parents[2] / "examples" / "business"
ICAL = f"""BEGIN:VCALENDAR\r
VERSION:2.0\r
BEGIN:VEVENT\r
UID:weekly@example.com\r
DTSTART;TZID=Europe/Amsterdam:{datetime.now(UTC):%Y%m%d}T090000\r
RRULE:FREQ=WEEKLY;COUNT=3\r
SUMMARY:Newsletter: the week in kitchens\r
END:VEVENT\r
BEGIN:VJOURNAL\r
UID:diary\r
END:VJOURNAL\r
END:VCALENDAR\r
"""
WXR = """<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<link>https://example.com</link>
<item><title>Weigh it</title><wp:post_id>7</wp:post_id><wp:post_date_gmt>2026-08-03 08:00:00</wp:post_date_gmt>
<wp:post_name>weigh-it</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
<item><title>x.png</title><wp:post_id>8</wp:post_id><wp:status>inherit</wp:status>
<wp:post_type>attachment</wp:post_type></item>
</channel></rss>"""
GHOST = {"db": [{"data": {"posts": [{"id": "1", "title": "Bins", "slug": "bins", "type": "post", "status": "draft"}]}}]}


@pytest.fixture(scope="module")
def environment(database_home: Path) -> Iterator[dict[str, str]]:
    """The sample business with its calendar, in a database of its own."""
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    given = {
        "REFLEQT_HOME": str(database_home),
        "REFLEQT_DATABASE": "calendar_files",
        "REFLEQT_FSYNC": "false",
        "COLUMNS": "100",
    }
    refleqt(given, "init", BUSINESS / "onboarding.yaml")
    refleqt(given, "import", BUSINESS / "calendar.csv")
    yield given
    drop(EmbeddedServer(database_home, sync=False).start(), "calendar_files")


def refleqt(environment: dict[str, str], *arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in arguments], env=environment)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ics"])
def test_the_whole_calendar_goes_out_and_comes_back_unchanged(
    environment: dict[str, str], tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"calendar.{ending}"
    done = json.loads(refleqt(environment, "calendar", "export", file, "--json").stdout)
    assert done["entries"] > 100
    (again,) = json.loads(refleqt(environment, "import", file, "--json").stdout)
    counts = (again["read"], again["new"], again["changed"], again["unchanged"])
    assert counts == (done["entries"], 0, 0, done["entries"])


@pytest.mark.parametrize(
    ("name", "content", "new", "told"),
    [
        ("weekly.ics", ICAL, 3, "passed over: VJOURNAL"),
        ("site.xml", WXR, 1, "passed over: attachment"),
        ("blog.json", json.dumps(GHOST), 1, ""),
    ],
)
def test_a_file_of_another_program_comes_in_once_and_says_what_it_passed_over(
    environment: dict[str, str], tmp_path: Path, name: str, content: str, new: int, told: str
) -> None:
    file = tmp_path / name
    file.write_text(content)
    tried = json.loads(refleqt(environment, "calendar", "import", file, "--dry-run", "--json").stdout)
    assert (tried["read"], tried["rejected"], tried["columns"]) == (new, 0, [])
    assert told in " ".join(tried["notes"])
    shown = " ".join(refleqt(environment, "calendar", "import", file, "--dry-run").stdout.split())
    assert "Nothing was written" in shown and told in shown
    first = refleqt(environment, "calendar", "import", file).stdout
    assert told in " ".join(first.split())
    assert json.loads(refleqt(environment, "calendar", "imports", "--json").stdout)[0]["new"] == new, "the tries wrote"
    (again,) = json.loads(refleqt(environment, "import", file, "--json").stdout)
    assert (again["new"], again["unchanged"]) == (0, new)


def test_what_is_no_calendar_is_not_imported_as_one(environment: dict[str, str]) -> None:
    team = BUSINESS / "team.yaml"
    for more in ([], ["--dry-run"]):
        told = " ".join(refleqt(environment, "calendar", "import", team, *more, code=2).stderr.split())
        assert "no calendar" in told and "refleqt import" in told


def test_a_broken_calendar_says_line_and_remedy(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "broken.ics"
    file.write_text(ICAL.replace("DTSTART;", "DTSTART;;"))
    told = " ".join(refleqt(environment, "calendar", "import", file, code=2).stderr.split())
    assert " 5 DTSTART " in told
    assert "DTSTART;PARAMETER=value:value" in told


def test_an_export_takes_days_and_a_status(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    whole = tmp_path / "whole.csv"
    refleqt(environment, "calendar", "export", whole)
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    refleqt(environment, "calendar", "export", file, *days, "--status", "published", "--channel", "email")
    expected = [
        row["external_id"]
        for row in read(whole)
        if row["publish_at"].startswith("2026-03")
        and row["status"] == "published"
        and "email" in (row["channel"], *row["channels"].split(";"))
    ]
    assert expected
    assert [row["external_id"] for row in read(file)] == expected


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def test_a_file_of_another_ending_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    told = refleqt(environment, "calendar", "export", tmp_path / "calendar.pdf", code=2).stderr
    assert ".csv, .xlsx, .ics" in " ".join(told.split())
    assert list(tmp_path.iterdir()) == []


def test_the_address_of_a_feed_is_read_and_never_logged(environment: dict[str, str]) -> None:
    made = json.loads(refleqt(environment, "calendar", "feed", "--label", "team", "--json").stdout)
    program = (
        "from refleqt_adapters.settings import Settings\nfrom refleqt_http.server import serve\n"
        "serve(Settings(), port=0, announce=lambda url: print('at', url, flush=True))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment | {"PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with server:
        assert server.stdout is not None
        address = urlsplit(next(line for line in server.stdout if line.startswith("at ")).split()[1])
        connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
        connection.request("GET", made["path"])
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        server.terminate()
        log = server.stdout.read()
    assert (answer.status, body[:15]) == (200, b"BEGIN:VCALENDAR")
    assert "/v1/calendar/feed.ics?token=" in log
    assert made["path"].partition("token=")[2] not in log
