"""The language models that the suites run on, and what each needs."""

import importlib.util
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from refleqt_adapters.llm.offline import OfflineLLM


class Subject(NamedTuple):
    llm: object
    does_any_task: bool


def is_there(*modules):
    return all(importlib.util.find_spec(module) for module in modules)


needs_litellm = pytest.mark.skipif(
    not is_there("litellm"), reason="litellm is not installed (pip install 'refleqt[hosted]')"
)
needs_llama = pytest.mark.skipif(
    not is_there("llama_cpp", "gguf"),
    reason="llama-cpp-python and gguf are not installed (make extras)",
)
needs_llama_server = pytest.mark.skipif(
    not is_there("llama_cpp", "gguf", "fastapi", "starlette_context", "sse_starlette"),
    reason="the server of llama-cpp-python is not installed (make extras)",
)


def hosted(url, **options):
    from refleqt_adapters.llm.litellm import LiteLLM

    return LiteLLM("openai/test-model", api_base=url, **({"api_key": "none"} | options))


def local(path, **options):
    from refleqt_adapters.llm.llama_cpp import LlamaCpp

    return LlamaCpp(path, **({"threads": 1} | options))


def _offline(_request):
    return Subject(OfflineLLM(), does_any_task=False)


def _scripted(request):
    return Subject(hosted(request.getfixturevalue("chat_server").url), does_any_task=True)


def _served(request):
    url = request.getfixturevalue("llama_server")
    return Subject(hosted(url, json_mode="json_object"), does_any_task=True)


def _local(request):
    return Subject(request.getfixturevalue("local_model"), does_any_task=True)


OFFLINE = pytest.param(_offline, id="offline")
SCRIPTED = pytest.param(_scripted, id="litellm", marks=needs_litellm)
SERVED = pytest.param(_served, id="litellm-llama-server", marks=[needs_litellm, needs_llama_server])
LOCAL = pytest.param(_local, id="llama_cpp", marks=needs_llama)


@contextmanager
def llama_server(model: Path, log: Path) -> Iterator[str]:
    """llama.cpp's own server runs on loopback with that model; gives the URL of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"model": model, "host": "127.0.0.1", "port": port, "n_ctx": 8192, "logits_all": True, "n_threads": 1}
    options |= {"n_threads_batch": 1}
    command = [sys.executable, "-m", "llama_cpp.server"]
    command += [text for name, value in options.items() for text in (f"--{name}", str(value))]
    with log.open("wb") as written, subprocess.Popen(command, stdout=written, stderr=written) as server:
        try:
            _await(f"http://127.0.0.1:{port}/v1/models", server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _await(url: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not come up:\n{log.read_text(errors='replace')[-2000:]}")
