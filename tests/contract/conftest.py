"""The stores and the language models that suites run on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ChatServer
from language_models import llama_server as running_llama_server
from language_models import local
from stored import new_business
from tiny_gguf import tiny_gguf

from refleqt_adapters.postgres.connections import Database
from refleqt_adapters.store.memory import MemoryStore
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.ports import Store
from refleqt_core.values import BusinessId


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened: Store = (
        MemoryStore() if request.param == "memory" else PostgresStore(Database(request.getfixturevalue("database_url")))
    )
    yield opened
    opened.close()


@pytest.fixture
def business(store: Store) -> BusinessId:
    return new_business(store)


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    """A hosted model of which every answer can be planned."""
    with ChatServer() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The GGUF file of a model that talks nonsense."""
    return tiny_gguf(tmp_path_factory.mktemp("models") / "nonsense.gguf")


@pytest.fixture(scope="session")
def local_model(tiny_model: Path) -> object:
    """That model in this process."""
    return local(tiny_model)


@pytest.fixture(scope="session")
def llama_server(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """That model behind llama.cpp's own server; the URL of its API."""
    with running_llama_server(tiny_model, tmp_path_factory.mktemp("server") / "log") as url:
        yield url
