"""Stored text on a terminal: it is shown, and steers nothing."""

import io

import pytest
from rich.text import Text

from refleqt_cli.output import print_page, say
from refleqt_cli.tables import bullets, facts, panel, row, table
from refleqt_cli.visible import VisibleConsole, visible

NASTY = "a\x1b]0;title\x07b\x9b2Jc\u202ed\u2066e\x7f"


def pages():
    made = table("name")
    row(made, NASTY)
    return [made, facts([("name", NASTY)]), bullets([NASTY]), panel(Text(NASTY), NASTY, NASTY), Text(NASTY), NASTY]


@pytest.mark.parametrize("page", pages(), ids=["table", "facts", "bullets", "panel", "text", "markup"])
def test_text_reaches_the_terminal_without_control_characters(page, capsys: pytest.CaptureFixture[str]):
    print_page(page)
    shown = capsys.readouterr().out
    assert "␛]0;title" in shown
    assert visible(shown) == shown


def test_a_remark_is_shown_without_them_too(capsys: pytest.CaptureFixture[str]):
    say(NASTY)
    assert "\x1b" not in capsys.readouterr().err


def test_line_breaks_tabs_and_letters_of_all_scripts_are_left():
    assert visible("a\n\tü 漢 עברית ✔") == "a\n\tü 漢 עברית ✔"


def test_colours_are_still_there():
    out = io.StringIO()
    VisibleConsole(file=out, force_terminal=True, color_system="standard").print(Text("a\x1bb", style="red"))
    assert out.getvalue() == "\x1b[31ma␛b\x1b[0m\n"
