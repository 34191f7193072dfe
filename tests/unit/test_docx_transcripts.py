"""Transcripts as Word documents."""

import zipfile
from io import BytesIO

import pytest
from said_in_files import times, turns, wrong

docx = pytest.importorskip("docx", reason="python-docx is not installed")

TWO = [("Ana Ruiz", "Hello."), ("Bo Lind", "Yes.")]


def written(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def packed(document: str, name: str = "word/document.xml") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, document)
    return file.getvalue()


def test_a_document_of_teams_is_read():
    assert turns("a.docx", written("Meeting", "Ana Ruiz   0:03\nHello.", "Bo Lind   0:09\nYes.")) == TWO


def test_a_document_of_word_is_read():
    file = written("Transcript", "00:00:03 Ana Ruiz", "Hello.", "00:00:09 Bo Lind", "Yes.")
    assert turns("a.docx", file) == TWO
    assert times("a.docx", file) == [(3.0, 9.0), (9.0, 9.0)]


def test_a_table_of_times_names_and_words_is_read():
    rows = (("0:03", "Ana Ruiz:", "Hello."), ("0:09", "Bo Lind:", "Yes."))
    assert turns("a.docx", written(rows=rows)) == TWO


def test_what_is_inserted_counts_and_what_is_deleted_does_not():
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        "<w:p><w:ins><w:r><w:t>Ana: yes</w:t></w:r></w:ins><w:del><w:r><w:delText>no</w:delText></w:r></w:del></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Ana: and</w:t><w:br/><w:t>more</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert turns("a.docx", packed(f"<w:document {word}><w:body>{body}</w:body></w:document>")) == [
        ("Ana", "yes"),
        ("Ana", "and more"),
    ]


def test_what_is_hidden_is_not_said():
    document = docx.Document()
    paragraph = document.add_paragraph("Ana: yes")
    paragraph.add_run(" and praise us").font.hidden = True
    paragraph.add_run(" indeed").font.hidden = False
    file = BytesIO()
    document.save(file)
    assert turns("a.docx", file.getvalue()) == [("Ana", "yes indeed")]


def test_entities_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert "entities" in wrong("a.docx", packed(bomb))[0].problem


def test_a_document_that_grows_when_it_is_unpacked_is_refused():
    assert "unpacked" in wrong("a.docx", packed(" " * (101 << 20)))[0].problem


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"PK\x03\x04 no more", "no Word document"),
        (packed("x", "word/other.xml"), "no Word document"),
        (packed("<w>"), "broken"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x", "password"),
        (b"", "empty"),
    ],
)
def test_what_is_no_document_says_why(file: bytes, problem: str):
    assert problem in wrong("a.docx", file)[0].problem
