"""Unit tests reach nothing outside of the process."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from composition import Composition


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that opens a connection fails."""

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("a unit test opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    yield


@pytest.fixture
def refleqt() -> Composition:
    """Every use case on memory adapters."""
    return Composition()
