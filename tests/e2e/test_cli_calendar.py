"""``refleqt calendar`` over a database, as a person meets it: planned, changed, taken back, repeated, looked at."""

import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from refleqt_cli.main import app

BUSINESS = Path(__file__).parents[2] / "examples" / "business"
DATABASE = "command_line_calendar"


class Shell:
    """The command line over two businesses; without another word it speaks of the first."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            "REFLEQT_HOME": str(home),
            "REFLEQT_DATABASE": DATABASE,
            "REFLEQT_FSYNC": "false",
            "REFLEQT_BUSINESS": "brinewell",
            "COLUMNS": "100",
        }

    def run(self, *arguments: object, code: int = 0, **environment: str) -> Result:
        given = ["calendar", *(str(argument) for argument in arguments)]
        result = CliRunner().invoke(app, given, env=self.environment | environment)
        assert result.exit_code == code, f"{given}: {result.output}"
        assert "Traceback" not in result.output
        return result

    def json(self, *arguments: object, **environment: str) -> Any:
        return json.loads(self.run(*arguments, "--json", **environment).stdout)

    def page(self, *arguments: object, code: int = 0) -> str:
        """What is on stdout and stderr, its lines joined."""
        result = self.run(*arguments, code=code)
        assert max((len(line) for line in result.stdout.splitlines()), default=0) <= 100
        return " ".join(result.output.split())


@pytest.fixture(scope="module")
def shell(database_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    from refleqt_adapters.postgres.database import drop
    from refleqt_adapters.postgres.embedded_server import EmbeddedServer

    made = Shell(database_home)
    other = tmp_path_factory.mktemp("other") / "onboarding.yaml"
    other.write_text((BUSINESS / "onboarding.yaml").read_text().replace("name: Brinewell\n", "name: Silverloaf\n", 1))
    for form in (BUSINESS / "onboarding.yaml", other):
        assert CliRunner().invoke(app, ["init", str(form)], env=made.environment).exit_code == 0
    yield made
    drop(EmbeddedServer(database_home, sync=False).start(), DATABASE)


number = iter(range(1, 1000))


@pytest.fixture
def name(shell: Shell) -> str:
    """An entry of this test's own, by its name."""
    found = f"T-{next(number)}"
    shell.run("add", "A word on ladles", "--type", "blog_copy", "--id", found, "--at", "2031-03-04T09:00")
    return found


def test_an_entry_is_added_with_all_that_can_be_said_of_it_and_hears_advice(shell: Shell):
    page = shell.page(
        "add", "Ladles", "--type", "blog post", "--at", "2031-03-05", "--owner", "Mira", "--team", "Bo",
        "--team", "Ada", "--channel", "linkedin", "--channel", "blog", "--campaign", "Spring", "--funnel", "bofu",
        "--keyword", "ladle",
        "--kpi", "clicks", "--cost", "450 USD", "--budget", "120 EUR", "--review-due", "2031-04-05", "--tag", "kitchen",
        "--set", "linkedin.hook=Ladles lie", "--set", "core_web_vitals=lcp=2.5", "--set", "serp_features=faq;video",
        "--id", "A-1", "--by", "anna",
    )  # fmt: skip
    assert "kpi target: there is none for clicks" in page
    said = shell.json("show", "A-1")["draft"]
    assert (said["artifact_type"], said["owner"], said["team"], said["tags"]) == (
        "blog_copy", "Mira", ["Bo", "Ada"], ["kitchen"],
    )  # fmt: skip
    assert (said["publish_at"], said["review_due"]) == ("2031-03-04T23:00:00+00:00", "2031-04-05")
    assert said["production_cost"] == {"minor": 45_000, "currency": "USD"}
    assert (said["core_web_vitals"], said["serp_features"]) == ({"lcp": 2.5}, ["faq", "video"])
    plans = {plan["channel"]: plan for plan in said["plans"]}
    assert plans["linkedin"]["parameters"] == {"hook": "Ladles lie"}
    assert set(plans) == {"linkedin", "blog"}
    assert [step["by"] for step in shell.json("history", "A-1")["steps"]] == ["anna"]


def test_a_name_that_is_taken_is_not_silently_another_entry(shell: Shell, name: str):
    assert "calendar edit" in shell.page("add", "Other", "--type", "email", "--id", name, code=4)
    assert shell.json("show", name)["entry"]["title"] == "A word on ladles"


def test_all_that_is_wrong_with_an_entry_is_said_at_once(shell: Shell):
    page = shell.page("add", "X", "--type", "emial", "--at", "soon", "--set", "colour=red", code=2)
    assert all(word in page for word in ("--type", "Did you mean 'email'?", "--at", "colour", "3 faults"))
    assert "--type blog_copy" in shell.page("add", "X", code=2)


def test_an_edit_changes_what_it_names_and_takes_away_what_is_cleared(shell: Shell, name: str):
    shell.run("edit", name, "--owner", "Mira", "--notes", "First", "--set", "linkedin.hook=One")
    shell.run("edit", name, "--clear", "notes", "--set", "linkedin.format=carousel", "--title", "Spoons")
    said = shell.json("show", name)["draft"]
    assert (said["title"], said["owner"], said["notes"]) == ("Spoons", "Mira", None)
    assert said["plans"][0]["parameters"] == {"hook": "One", "format": "carousel"}
    assert "cannot be without" in shell.page("edit", name, "--clear", "title", code=2)


def test_changes_are_undone_and_redone_without_naming_the_entry(shell: Shell, name: str):
    shell.run("edit", name, "--owner", "Mira")
    shell.run("edit", name, "--owner", "Bo")
    assert shell.json("undo")["owner"] == "Mira"
    assert shell.json("undo")["owner"] is None
    assert shell.json("redo", name)["owner"] == "Mira"
    shell.run("undo", name)
    assert "nothing to undo" in shell.page("undo", name, code=4)


def test_what_was_added_last_is_not_undone_by_chance(shell: Shell, name: str):
    assert name in shell.page("undo", code=4)


def test_an_entry_moves_on_by_itself_to_a_status_and_to_another_day(shell: Shell, name: str):
    assert shell.json("move", name)["status"] == "planned"
    assert shell.json("move", name, "scheduled", "--by", "bo")["status"] == "scheduled"
    assert shell.json("move", name, "--to", "2031-03-09")["publish_at"] == "2031-03-09T08:00:00+00:00"
    assert "there is no status 'eaten'" in shell.page("move", name, "eaten", code=2)
    assert "only what was published has results" in shell.page("move", name, "reviewed", code=2)
    steps = [(step["reached"], step["by"]) for step in shell.json("history", name)["steps"]]
    assert steps == [("idea", None), ("planned", None), ("scheduled", "bo")]


def test_the_page_of_an_entry_shows_every_part(shell: Shell, name: str):
    shell.run(
        "edit",
        name,
        "--kpi",
        "clicks",
        "--set",
        "url_slug=ladles",
        "--set",
        "search_volume=1900",
        "--tag",
        "mine",
        "--funnel",
        "bofu",
    )
    shell.run("edit", name, "--set", "email.segment=ops", "--by", "anna")
    shell.run("comment", name, "Shorter,", "please.", "--by", "Cleo")
    page = shell.page("show", name)
    words = (
        "Search",
        "1,900",
        "Technical search",
        "ladles",
        "Performance",
        "clicks",
        "Plans by channel",
        "ops",
        "anna",
    )
    for word in (*words, "Could be better", "Cleo", "Shorter, please.", "Steps", "Changes", "mine (found:"):
        assert word in page, word
    changes = shell.json("history", name)["changes"]
    assert set(changes[0]["fields"]) == {"plans", "channel"}
    assert [each["text"] for each in shell.json("comments", name)] == ["Shorter, please."]


def test_an_entry_is_removed_only_when_that_was_meant(shell: Shell, name: str):
    assert "--yes" in shell.page("remove", name, code=2)
    assert shell.json("remove", name, "--yes")["external_id"] == name
    assert "no calendar entry" in shell.page("show", name, code=3)


def test_a_template_begins_a_new_entry(shell: Shell, name: str):
    shell.run("edit", name, "--set", "url_slug=ladles", "--channel", "email", "--keyword", "ladle")
    saved = shell.json("templates", "save", "tip", "--from", name, "--owner", "Ada", "--title", "Tip")
    assert (saved["fields"]["owner"], "url_slug" in saved["fields"]) == ("Ada", False)
    made = shell.json("add", "--template", "tip", "--set", "notes=Soon")
    assert (made["title"], made["owner"], made["channel"], made["notes"]) == ("Tip", "Ada", "email", "Soon")
    assert "owner: Ada" in shell.page("templates")
    shell.run("templates", "remove", "tip")
    assert shell.json("templates") == []
    assert "no template" in shell.page("add", "--template", "tip", code=3)


def test_an_entry_comes_back_every_week_until_its_series_is_stopped(shell: Shell, name: str):
    made = shell.json("repeat", name, "--every", "week", "--on", "tue", "--name", "weekly", "--title", "Ladle {date}")
    assert made["series"]["rule"] == "FREQ=WEEKLY;BYDAY=TU"
    assert [entry["title"] for entry in made["entries"]][:2] == ["Ladle 2031-03-11", "Ladle 2031-03-18"]
    assert "weekly" in shell.page("series")
    assert shell.json("series", "stop", "weekly") == {"removed": len(made["entries"])}


@pytest.mark.parametrize(
    "given",
    [[], ["--rule", "FREQ=WEEKLY", "--every", "week"], ["--every", "fortnight"], ["--every", "week", "--on", "noday"],
     ["--rule", "often"], ["--rule", "FREQ=DAILY", "--on", "tue"]],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused(shell: Shell, name: str, given: list[str]):
    before = shell.json("series")
    shell.run("repeat", name, *given, code=2)
    assert shell.json("series") == before


def test_a_campaign_is_saved_bit_by_bit(shell: Shell):
    shell.run("campaigns", "save", "Autumn", "--group", "2031", "--budget", "4,500 EUR", "--from", "2031-09-01")
    saved = shell.json("campaigns", "save", "Autumn", "--goal", "Be found", "--group", "")
    assert (saved["goal"], saved["group"], saved["budget"]["minor"]) == ("Be found", None, 450_000)
    assert "before it begins" in shell.page("campaigns", "save", "Autumn", "--to", "2031-01-01", code=2)
    assert "Autumn" in shell.page("campaigns")
    assert "is 'Harvest' now" in shell.page("campaigns", "rename", "Autumn", "Harvest")
    assert "is gone" in shell.page("campaigns", "remove", "Harvest")
    assert "no campaign 'Harvest'" in shell.page("campaigns", "remove", "Harvest", code=3)


def test_a_month_is_a_grid_that_fits(shell: Shell, name: str):
    page = shell.run("month", "2031-03").stdout
    assert "March 2031" in page
    assert any("○ A word on" in line for line in page.splitlines())
    assert {len(line) for line in page.splitlines() if line.startswith(("┌", "├", "└"))} == {99}
    found = shell.json("month", "2031-03")
    assert name in {entry["external_id"] for day in found["days"] for entry in day["entries"]}
    assert shell.run("month", "2031-03", "--sunday").stdout != page
    assert "write it like 2026-03" in shell.page("month", "March", code=2)


def test_a_search_by_words_finds_what_has_them(shell: Shell, name: str):
    shell.run("edit", name, "--notes", "about Pineapples", "--owner", "Mira", "--by", "x")
    assert [each["external_id"] for each in shell.json("list", "--text", "pineapple")] == [name]
    assert shell.json("list", "--text", "pineapple", "--owner", "Bo") == []
    assert "Did you mean 'email'?" in shell.page("list", "--channel", "emial", code=2)


def test_what_waits_for_review_is_listed(shell: Shell):
    shell.run("add", "Old", "--type", "email", "--id", "OLD", "--at", "2026-01-05", "--status", "published",
              "--review-due", "2026-02-05")  # fmt: skip
    shell.run("add", "Newer", "--type", "email", "--id", "NEWER", "--at", "2026-01-05", "--status", "published",
              "--review-due", "2199-02-05")  # fmt: skip
    assert [each["external_id"] for each in shell.json("list", "--due-reviews")] == ["OLD"]


def test_every_field_is_listed_with_its_values(shell: Shell):
    fields = {each["name"]: each for each in shell.json("fields")}
    assert fields["funnel_stage"]["allowed"] == ["tofu", "mofu", "bofu"]
    assert "crawl_directives" in shell.page("fields")


def test_one_business_finds_nothing_of_another(shell: Shell, name: str):
    shell.run("templates", "save", "ours", "--from", name)
    shell.run("repeat", name, "--every", "month", "--name", "ours")
    shell.run("comment", name, "Ours.")
    other = {"REFLEQT_BUSINESS": "silverloaf"}
    for listing in ("list", "templates", "series", "campaigns"):
        assert shell.json(listing, **other) == [], listing
    assert not any(day["entries"] for day in shell.json("month", "2031-03", **other)["days"])
    id = shell.json("show", name)["entry"]["id"]
    asked = (("show",), ("history",), ("comments",), ("edit", "--owner", "X"), ("move",), ("undo",), ("redo",),
             ("remove", "--yes"), ("comment", "X"), ("repeat", "--every", "week"))  # fmt: skip
    for command, *more in asked:
        given = [*more, id] if command in ("edit", "remove", "repeat") else [id, *more]
        shell.run(command, *given, code=3, **other)
    for command in (("templates", "remove", "ours"), ("series", "stop", "ours"), ("add", "--template", "ours")):
        shell.run(*command, code=3, **other)
    assert "nothing was done" in shell.run("undo", code=4, **other).stderr
    shell.run("series", "stop", "ours")


# --- in the person's own editor ---------------------------------------------------------------------------------------


def in_terminal(shell: Shell, editor: str, answers: bytes, *arguments: str) -> tuple[int, str]:
    """The command in a terminal of its own, with that program as the editor; its exit code, and what it showed."""
    master, slave = pty.openpty()
    os.write(master, answers)
    environment = {**os.environ, **shell.environment, "EDITOR": editor, "VISUAL": ""}
    program = [sys.executable, "-c", "from refleqt_cli.main import run; run()", "calendar", *arguments]
    done = subprocess.Popen(program, stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # nobody holds the other end any more
            break
        shown += part
    os.close(master)
    return done.wait(), shown.decode(errors="replace")


def editor_that(folder: Path, *steps: str) -> str:
    """A program that does one step each time it is run, on the file it is given."""
    script = folder / "editor.sh"
    cases = "\n".join(f"{number}) {step} ;;" for number, step in enumerate(steps))
    script.write_text(f'#!/bin/sh\nn=$(cat "{folder}/n" 2>/dev/null || echo 0)\ncase $n in\n{cases}\nesac\n'
                      f'echo $((n+1)) > "{folder}/n"\n')  # fmt: skip
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


def test_a_form_with_a_fault_is_opened_again_and_nothing_typed_is_lost(shell: Shell, name: str, tmp_path: Path):
    editor = editor_that(
        tmp_path,
        'sed -i "s/^owner:.*/owner: Mira/; s/^status:.*/status: eaten/" "$1"',
        'grep -q "owner: Mira" "$1" && sed -i "s/^status:.*/status: planned/" "$1"',
    )
    code, shown = in_terminal(shell, editor, b"y\n", "edit", name)
    assert code == 0, shown
    assert "'eaten' is none of" in shown
    entry = shell.json("show", name)["entry"]
    assert (entry["owner"], entry["status"]) == ("Mira", "planned")


def test_a_form_that_is_given_up_is_kept_and_changes_nothing(shell: Shell, name: str, tmp_path: Path):
    code, shown = in_terminal(shell, editor_that(tmp_path, 'echo "colour: red" >> "$1"'), b"n\n", "edit", name)
    assert code == 2
    kept = Path("".join(shown.split("kept in", 1)[1].split()).partition("yaml")[0] + "yaml")
    assert "colour: red" in kept.read_text()
    assert shell.json("history", name)["changes"] == []


def test_a_form_that_is_closed_as_it_was_changes_nothing(shell: Shell, name: str, tmp_path: Path):
    code, shown = in_terminal(shell, editor_that(tmp_path, "true"), b"", "edit", name)
    assert (code, "Nothing was changed." in shown) == (0, True)
    assert shell.json("history", name)["changes"] == []


def test_without_a_terminal_an_edit_says_what_to_say(shell: Shell, name: str):
    assert "--set owner=Mira" in shell.page("edit", name, code=2)
