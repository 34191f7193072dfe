"""What an error says to the one who can mend it."""

import pytest

from refleqt_core.errors import Fault, InvalidInput, MissingDependency


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("a.csv", 3, "title", "it is empty", "Write it."), "a.csv, row 3, field 'title': it is empty. Write it."),
        (Fault("a.csv", None, None, "it is empty", "Write it."), "a.csv: it is empty. Write it."),
        (Fault("", 3, None, "it is empty", "Write it."), "row 3: it is empty. Write it."),
    ],
    ids=["place", "file", "row"],
)
def test_a_fault_names_the_place_the_problem_and_the_remedy(fault: Fault, said: str) -> None:
    assert str(fault) == said


def test_every_fault_of_an_input_is_told() -> None:
    faults = [Fault("a.csv", row, None, "it is empty", "Write it.") for row in (2, 3)]
    assert str(InvalidInput(faults)).splitlines() == [str(fault) for fault in faults]


def test_a_sentence_is_an_input_with_one_fault() -> None:
    assert [fault.problem for fault in InvalidInput("it is too long").faults] == ["it is too long"]


def test_a_missing_dependency_says_how_to_install_it() -> None:
    assert "pip install 'refleqt[whisper]'" in str(MissingDependency("openai-whisper", "whisper"))
