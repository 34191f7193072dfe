"""What all commands share: exit codes, messages, where options may stand, ids, tables that fit."""

import json
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import attrs
import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner, Result

from refleqt_cli.faults import EXIT_CODES, LISTED
from refleqt_cli.groups import Root, WithDefault, global_options_first
from refleqt_cli.ids import short, the_one
from refleqt_cli.main import app
from refleqt_cli.output import document
from refleqt_cli.tables import row, table
from refleqt_cli.words import read_moment
from refleqt_core.entities import Entity
from refleqt_core.errors import (
    Conflict,
    Fault,
    InvalidInput,
    MissingDependency,
    NeedsReview,
    NotAllowed,
    NotFound,
    Unavailable,
)
from refleqt_core.values import Money

FAULTS = [
    (InvalidInput("the day is wrong"), 2),
    (NotFound("no such map"), 3),
    (Conflict("it was bought already"), 4),
    (NotAllowed("not for you"), 5),
    (Unavailable("the server sleeps"), 6),
    (NeedsReview("somebody has to look"), 7),
    (MissingDependency("litellm", "hosted"), 8),
]


def raising(error: BaseException, *options: str) -> Result:
    """What a command that ends in ``error`` leaves behind."""
    shell = typer.Typer(cls=Root)

    @shell.callback()
    def callback(debug: Annotated[bool, typer.Option("--debug")] = False) -> None: ...

    @shell.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(shell, [*options, "fail"], env={"COLUMNS": "100"})


@pytest.mark.parametrize(("error", "code"), FAULTS, ids=[type(error).__name__ for error, _ in FAULTS])
def test_each_kind_of_fault_has_its_exit_code_and_says_what_it_is_on_stderr(error: Exception, code: int):
    result = raising(error)
    assert result.exit_code == code
    assert str(error) in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_every_kind_of_fault_has_an_exit_code_of_its_own():
    assert len(set(EXIT_CODES.values())) == len(EXIT_CODES) == len(FAULTS)


def test_faults_of_an_input_come_with_file_row_field_problem_and_remedy():
    fault = Fault("plan.csv", 7, "channel", "'linkdin' is no channel", "Did you mean 'linkedin'?")
    result = raising(InvalidInput([fault]))
    for part in fault[:5]:
        assert str(part) in result.stderr


def test_of_many_faults_the_first_fifty_are_shown_and_the_others_counted():
    faults = [Fault("plan.csv", 1000 + n, "title", "it is empty", "Write one.") for n in range(LISTED + 1234)]
    message = raising(InvalidInput(faults)).stderr
    assert sum(f"{1000 + n}" in message for n in range(LISTED)) == LISTED
    assert f"{1000 + LISTED}" not in message
    assert "1,284 faults" in message
    assert "1,234 more" in message


def test_markup_in_a_message_is_shown_as_it_stands():
    assert "[bold]not[/bold] markup [/]" in raising(NotFound("[bold]not[/bold] markup [/]")).stderr


def test_an_unexpected_error_is_told_without_a_traceback_and_where_to_report_it():
    result = raising(KeyError("cell"))
    assert result.exit_code == 1
    assert "KeyError: 'cell'" in result.stderr
    assert "report" in result.stderr
    assert "Traceback" not in result.stderr


def test_with_debug_the_traceback_is_shown():
    assert "Traceback" in raising(KeyError("cell"), "--debug").stderr


def test_control_c_ends_quietly_with_130():
    result = raising(KeyboardInterrupt())
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "")


def test_global_options_may_stand_behind_the_command():
    given = ["beliefs", "list", "--business", "brinewell", "--json", "--debug", "--home=/data"]
    assert global_options_first(given) == [
        "--business", "brinewell", "--debug", "--home=/data", "beliefs", "list", "--json",
    ]  # fmt: skip


def test_what_stands_behind_two_dashes_is_no_option():
    assert global_options_first(["vent", "--", "--debug"]) == ["vent", "--", "--debug"]


@pytest.mark.parametrize("arguments", [[], ["--loud"], ["list"], ["list", "--loud"]])
def test_a_group_without_a_command_lists(arguments: list[str]):
    shell = typer.Typer(cls=WithDefault)

    @shell.command("list")
    def list_them(loud: Annotated[bool, typer.Option("--loud")] = False) -> None:
        typer.echo(f"listed {loud}")

    @shell.command("other")
    def other() -> None: ...

    assert CliRunner().invoke(shell, arguments).stdout == f"listed {'--loud' in arguments}\n"


def test_a_setting_that_cannot_be_is_named():
    result = CliRunner().invoke(app, ["profile"], env={"REFLEQT_CLOCK": "sundial", "COLUMNS": "100"})
    assert result.exit_code == 2
    assert "REFLEQT_CLOCK" in result.stderr


def test_every_command_explains_itself():
    import typer.main

    def commands(group: typer.core.TyperGroup, path: list[str]) -> list[list[str]]:
        below = []
        for name, command in group.commands.items():
            below.append([*path, name])
            if isinstance(command, typer.core.TyperGroup):
                below += commands(command, [*path, name])
        return below

    root = typer.main.get_command(app)
    assert isinstance(root, typer.core.TyperGroup)
    for path in commands(root, []):
        result = CliRunner().invoke(app, [*path, "--help"])
        assert result.exit_code == 0, path
        assert "Usage" in result.stdout


@attrs.frozen(kw_only=True)
class Thing(Entity):
    name: str = ""


THINGS = [
    Thing(id=UUID("01a20456-89e3-7390-af67-5de56bcbc280"), name="first"),
    Thing(id=UUID("01a20456-89e3-7390-af67-5de51d2c4481"), name="second"),
]


@pytest.mark.parametrize("given", ["6bcbc280", "01a20456-89e3-7390-af67-5de56bcbc280", "BC280", "first"])
def test_an_id_may_be_cut_to_a_part_that_no_other_has(given: str):
    assert the_one(THINGS, given, "thing", name_of=lambda each: each.name) == THINGS[0]


def test_what_is_shown_of_an_id_finds_it_again():
    assert all(the_one(THINGS, short(thing.id), "thing") == thing for thing in THINGS)


def test_a_part_that_several_ids_have_is_refused_with_all_of_them():
    with pytest.raises(InvalidInput, match="fits 2 of them"):
        the_one(THINGS, "01a20456", "thing")


@pytest.mark.parametrize("given", ["", "-", "ffff", "third"])
def test_an_id_that_nothing_has_is_not_found(given: str):
    with pytest.raises(NotFound, match="thing"):
        the_one(THINGS, given, "thing", name_of=lambda each: each.name)


def test_entities_are_json_with_every_field():
    told = document({"thing": THINGS[0], "money": Money(minor=5), "day": date(2026, 3, 1), "all": (1, None)})
    assert json.loads(json.dumps(told)) == {
        "thing": {"id": "01a20456-89e3-7390-af67-5de56bcbc280", "version": 0, "name": "first"},
        "money": {"minor": 5, "currency": "EUR"},
        "day": "2026-03-01",
        "all": [1, None],
    }


def test_a_bare_day_is_the_business_s_own_and_whole():
    start = read_moment("2026-03-31", "--from", "Europe/Amsterdam")
    end = read_moment("2026-03-31", "--to", "Europe/Amsterdam", end_of_day=True)
    assert start == datetime(2026, 3, 30, 22, tzinfo=UTC)
    assert (end - start).total_seconds() == pytest.approx(86_400)


def test_what_is_no_moment_is_refused_by_the_option_s_name():
    with pytest.raises(InvalidInput, match="--as-of"):
        read_moment("yesterday", "--as-of")


@given(
    width=st.integers(32, 200),
    numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=5),
    text=st.text("abcdefgh ", min_size=1, max_size=200),
)
@example(width=34, numbers=[10**9], text="abc " * 12)
def test_a_table_cuts_no_number_and_loses_no_word_at_any_width(width: int, numbers: list[int], text: str):
    made = table("id", "*what", ">amount", ">?less", "?least")
    for number in numbers:
        row(made, "0a1b2c3d", text, f"{number:,}", f"{number}", "some words more")
    console = Console(width=width)
    with console.capture() as capture:
        console.print(made)
    page = capture.get()
    assert all(f" {number:,}" in page for number in numbers)
    assert max(len(line.rstrip()) for line in page.splitlines()) <= width
    assert page.count("a") >= text.count("a") * len(numbers)


def test_columns_that_can_be_done_without_go_first_where_there_is_no_room():
    made = table("id", "*what", ">?extra", ">amount")
    row(made, "0a1b2c3d", "a rather long text that takes some room", "123", "456")
    pages = []
    for width in (80, 48):
        console = Console(width=width)
        with console.capture() as capture:
            console.print(made)
        pages.append(capture.get())
    assert ["extra" in page for page in pages] == [True, False]
    assert all("456" in page for page in pages)
