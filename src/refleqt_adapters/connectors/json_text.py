"""JSON as the YAML that PyYAML reads: the same lines, the same values."""

import json
import re

from refleqt_core.errors import Fault, InvalidInput

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def yaml_of(source: str, document: str) -> str:
    """The document, each value on the line where it was; what is not JSON raises `InvalidInput` with its line.

    JSON is YAML but for tabs between values, and for characters beyond the first plane that are written as two halves.
    """
    _check(source, document)
    parts, end = [], 0
    for match in _STRING.finditer(document):
        parts += [document[end : match.start()].replace("\t", " "), _quoted(json.loads(match.group(), strict=False))]
        end = match.end()
    return "".join([*parts, document[end:].replace("\t", " ")])


def _check(source: str, document: str) -> None:
    try:
        json.loads(document, parse_constant=_no_constant, parse_int=str)
    except json.JSONDecodeError as error:
        problem = f"the file is not JSON: {error.msg} (column {error.colno})"
        remedy = "Mend the line; texts and names stand in double quotes, with commas between them and none at the end."
        raise InvalidInput([Fault(source, error.lineno, None, problem, remedy)]) from error
    except RecursionError as error:
        raise InvalidInput([Fault(source, None, None, "the lists are nested too deeply", "Check the file.")]) from error
    except ValueError as error:
        raise InvalidInput([Fault(source, None, None, str(error), "Write a number, or leave it out.")]) from error


def _no_constant(name: str) -> None:
    raise ValueError(f"the file is not JSON: {name} is no number")


def _quoted(text: str) -> str:
    """The text in double quotes, with all but printable ASCII escaped: YAML breaks lines at more characters."""
    return f'"{"".join(_written(character) for character in text)}"'


def _written(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return f"\\{character}"
    return character if 0x20 <= code < 0x7F else f"\\U{code:08x}"
