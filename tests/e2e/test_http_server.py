"""The server as a process of its own: it says where it is, answers at once, and stops when it is told to."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from refleqt_adapters.settings import Settings
from refleqt_core.errors import InvalidInput
from refleqt_http.server import serve

PROGRAM = """
from refleqt_adapters.settings import Settings
from refleqt_http.server import serve
serve(Settings.in_memory(), port=0, announce=lambda url: print(url, flush=True))
print("all is closed", flush=True)
"""


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        yield process
        process.kill()


def connected(server: subprocess.Popen[str]) -> HTTPConnection:
    assert server.stdout is not None
    address = urlsplit(server.stdout.readline().strip())
    assert address.hostname == "127.0.0.1"
    return HTTPConnection(address.hostname, address.port, timeout=30)


def test_small_answers_do_not_wait_for_acknowledgements(server: subprocess.Popen[str]):
    times = []
    with closing(connected(server)) as connection:
        for _ in range(30):
            begun = time.perf_counter()
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b'{"status":"alive"}'
            times.append(time.perf_counter() - begun)
    assert statistics.median(times) < 0.035  # Nagle's algorithm with delayed acknowledgements takes 0.040


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_closes_all_it_has_opened(server: subprocess.Popen[str], number: int):
    with closing(connected(server)) as connection:
        connection.request("GET", "/readyz")
        assert connection.getresponse().status == 200
    os.kill(server.pid, number)
    rest, _ = server.communicate(timeout=30)
    assert (server.returncode, rest.splitlines()[-1]) == (0, "all is closed")


def test_an_address_that_is_taken_is_an_input_that_can_be_mended():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InvalidInput, match="--port"):
        serve(Settings.in_memory(), port=taken.getsockname()[1])
