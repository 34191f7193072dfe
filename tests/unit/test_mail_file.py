"""Mails as vents: what is kept of them, what is left out, and that hostile ones cost nothing."""

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from composition import NOON
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_adapters.connectors.file_kinds import sniff
from refleqt_adapters.connectors.mail_file import read_mail
from refleqt_adapters.connectors.mail_text import own_words, text_of_html
from refleqt_adapters.connectors.reading import Reading
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.drafts import VentDraft

HTML = """<html><head><style>p { color: red }</style><title>t</title></head><body><p>The till froze <b>again</b>.</p>
<ul><li>at noon</li><li>at one</li></ul><script>alert(1)</script>
<div class="gmail_quote">On Monday Bob wrote: <blockquote>old</blockquote></div></body></html>"""


def mail(body: str = "The till froze again.", html: str | None = None, **headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {"From": "Ada <ada@example.org>", "Subject": "The till", "Date": "Mon, 02 Mar 2026 23:10:00 +0100"}
    for name, value in (given | {"Message-ID": "<m-1@example.org>"} | headers).items():
        if value:
            made[name] = value
    made.set_content(body)
    if html is not None:
        made.add_alternative(html, subtype="html")
    return made


def read(folder: Path, message: EmailMessage | bytes) -> VentDraft:
    path = folder / "mail.eml"
    path.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    assert sniff(path) == "mail"
    [vent] = read_mail(path, reading=Reading(time_zone="UTC", now=NOON)).items
    return vent


def test_a_mail_is_its_subject_and_its_words_when_it_was_written(tmp_path: Path) -> None:
    found = read(tmp_path, mail())
    assert found.text == "The till\n\nThe till froze again."
    assert found.written_at == datetime(2026, 3, 2, 22, 10, tzinfo=UTC)
    assert found.external_id == "m-1@example.org"


@pytest.mark.parametrize("subject", ["Re: The till", "AW: Re: The till", "Fwd: RE: The till"])
def test_the_subject_of_an_answer_is_that_of_its_matter(tmp_path: Path, subject: str) -> None:
    assert read(tmp_path, mail(Subject=subject)).text.startswith("The till\n")


OWN = "I have had it.\n\nThree things:\n- the queue\n- the till"


@pytest.mark.parametrize(
    "rest",
    [
        "\n\nOn Mon, 2 Mar 2026 at 10:00, Bob <bob@x.org> wrote:\n> how are things\n> ok?",
        "\n\nOn Mon, 2 Mar 2026 at 10:00, Bob Longname <bob@example.org>\nwrote:\n> x",
        "\n\nAm 02.03.2026 um 10:00 schrieb Bob:\n> hallo",
        "\n\nLe 2 mars 2026 à 10:00, Bob a écrit :\n> salut",
        "\n\n-----Original Message-----\nFrom: Bob\nSent: Monday\nSubject: x\n\nold",
        "\n\n________________________________\nFrom: Bob\nSent: Monday\nTo: Ada\nSubject: x\n\nold",
        "\n\nVon: Bob\nGesendet: Montag\nAn: Ada\nBetreff: x\n\nalt",
        "\n\n-- \nAda Lovelace\nEngines Ltd\n+44 123",
        "\n\nSent from my iPhone",
        "\n\n> how are things",
        "\r\n\r\n-- \r\nAda",
    ],
    ids=lambda rest: rest.strip().split("\n")[0][:24],
)
def test_what_is_quoted_and_the_signature_are_left_out(rest: str) -> None:
    assert own_words(OWN + rest) == OWN


@pytest.mark.parametrize(
    "text",
    ["On the way here he wrote a note about this:\nnever again", "a -- b", "- one\n- two", "From: here to there"],
)
def test_what_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert own_words(text) == text


def test_a_mail_that_quotes_alone_is_what_it_quotes() -> None:
    assert own_words("> This customer\n> again") == "This customer\nagain"


def test_html_alone_becomes_text_without_scripts_styles_and_quotes(tmp_path: Path) -> None:
    message = mail()
    message.set_content(HTML, subtype="html")
    assert read(tmp_path, message).text == "The till\n\nThe till froze again.\n\nat noon\n\nat one"


def test_of_two_forms_the_plain_one_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, mail("Plain.", html="<p>Marked up.</p>")).text == "The till\n\nPlain."


def test_attachments_are_left_out_and_said_to_be(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(b"PK", maintype="application", subtype="zip", filename="till.zip")
    path = tmp_path / "mail.eml"
    path.write_bytes(message.as_bytes())
    content = read_mail(path)
    assert content.notes == ("Attachments are left out: 'till.zip'.",)
    assert "PK" not in content.items[0].text


def test_a_mail_without_a_date_was_written_now_and_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, mail(Date="")).written_at == NOON


def test_a_mail_without_an_id_is_known_by_its_content(tmp_path: Path) -> None:
    first, again, other = (read(tmp_path, mail(body, **{"Message-ID": ""})) for body in ("a", "a", "b"))
    assert first.external_id == again.external_id != other.external_id


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-16"])
def test_letters_of_any_character_set_are_read(tmp_path: Path, charset: str) -> None:
    message = mail()
    message.set_content("Die Kasse für Gäste spinnt.", charset=charset)
    assert "für Gäste" in read(tmp_path, message).text


def test_an_unknown_character_set_is_no_reason_to_fail(tmp_path: Path) -> None:
    data = b"From: a@x.org\nSubject: x\nContent-Type: text/plain; charset=klingon\n\nThe till \xff froze\x00."
    assert read(tmp_path, data).text.startswith("x\n\nThe till")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"X-Nothing: at all\n\nhello", "no mail"),
        (b"From: a@x.org\nDate: Mon, 02 Mar 2026 10:00:00 +0000\n\n", "nothing in the mail"),
        (b"From: a@x.org\nSubject: x\n\n" + b"word " * 20_000, "50,000 characters"),
    ],
    ids=["no mail", "empty", "too long"],
)
def test_what_cannot_be_a_vent_is_refused(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "mail.eml").write_bytes(data)
    with pytest.raises(InvalidInput, match=problem):
        read_mail(tmp_path / "mail.eml")


@pytest.mark.parametrize("part", ["On ", "\n", "> ", "-", "_ ", "On x\n", "<div class=x>", "<", "&", "From: x\n"])
def test_a_mail_made_to_be_slow_is_read_at_once(part: str) -> None:
    text = part * (50_000 // len(part))
    begin = time.process_time()
    own_words(text)
    text_of_html(text)
    assert time.process_time() - begin < 2


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_no_bytes_end_in_anything_but_a_vent_or_a_fault(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.eml"
    path.write_bytes(b"From: a@x.org\nSubject: " + data)
    try:
        [vent] = read_mail(path, reading=Reading(time_zone="UTC", now=NOON)).items
    except InvalidInput:
        return
    assert vent.text.strip() and "\0" not in vent.text


@pytest.mark.parametrize("day", ["Mon, 1 Jan 2199 10:00:00 +0000", "Mon, 1 Jan 0001 10:00:00 +1400", "1 Jan 1989"])
def test_a_mail_with_a_date_that_cannot_be_right_is_written_when_it_is_read(tmp_path: Path, day: str) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(mail().as_bytes().replace(b"Mon, 02 Mar 2026 23:10:00 +0100", day.encode()))
    content = read_mail(path, reading=Reading(time_zone="UTC", now=NOON))
    assert content.items[0].written_at == NOON and "no date" in content.notes[0]


def test_cells_of_a_table_do_not_run_together() -> None:
    table = "<table><tr><th>Till</th><td>two</td></tr><tr><td>froze</td><td>again</td></tr></table>"
    assert text_of_html(table) == "Till two\n\nfroze again"


@pytest.mark.parametrize(
    "preview",
    [
        '<div style="color:red; DISPLAY : none !important">View <div>it</div> online</div>',
        '<span style="visibility:hidden">View</span>',
        "<p hidden>View it online</p>",
        "<p hidden>View it online",
        '<td style="display:none">View</td>',
    ],
)
def test_what_no_reader_of_the_mail_sees_is_left_out(preview: str) -> None:
    assert text_of_html(f'{preview}<p>The till froze.<img hidden src="x"> Again.</p>') == "The till froze. Again."


@pytest.mark.parametrize("charset", ["x-klingon", "utf-8"])
def test_characters_that_cannot_be_read_are_noted(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "mail.eml"
    head = "From: ada@example.org\nSubject: The till\nDate: Mon, 02 Mar 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
    head += f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    path.write_bytes(head.encode() + b"The caf\xe9 is closed\n")
    content = read_mail(path, reading=Reading(time_zone="UTC", now=NOON))
    assert content.items[0].text == "The till\n\nThe caf\ufffd is closed"
    assert "could not be read in the character set of the mail: 1;" in content.notes[0]
