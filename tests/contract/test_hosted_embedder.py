"""What only an embedder behind a network has to show, over one whose server is on loopback."""

import json
import logging
import time
import traceback
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import attrs
import numpy as np
import pytest
from embedding_server import DIMENSION, EmbeddingServer, texts_of, vectors_of
from speech_servers import Reply, running

from refleqt_adapters.asking_again import Patience
from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_cli import checkup
from refleqt_core.errors import InvalidInput, NotAllowed, Unavailable
from refleqt_core.ports import Embedder, Vectors

KEY = "sk-hunter2-hunter2"
TEXTS = ["the price of the small plan", "the video team films on Tuesday", "a slow checkout"]

pytestmark = pytest.mark.skipif(
    find_spec("litellm") is None, reason="litellm is not installed (pip install 'refleqt[hosted]')"
)


@attrs.frozen(kw_only=True)
class Service:
    """The server, and the waits that would have been made."""

    server: EmbeddingServer
    waits: list[float] = attrs.field(factory=list)

    def embedder(self, **options: Any) -> Embedder:
        from refleqt_adapters.embedder.litellm import LiteLLMEmbedder

        patience = Patience(sleep=self.waits.append, chance=lambda: 0.0)
        base = f"{self.server.url}/v1"
        return LiteLLMEmbedder(
            **{"model": "openai/tiny", "api_base": base, "api_key": KEY, "patience": patience} | options
        )

    def embed(self, texts: list[str] = TEXTS, **options: Any) -> Vectors:
        return self.embedder(**options).embed(texts)

    def plan(self, *replies: Reply) -> None:
        self.server.replies.extend(replies)

    @property
    def asked(self) -> int:
        return len(self.server.requests)

    @property
    def sent(self) -> list[list[str]]:
        return [texts_of(request) for request in self.server.requests]


@pytest.fixture
def service() -> Iterator[Service]:
    with running(EmbeddingServer()) as server:
        yield Service(server=server)


def failure(status: int, **headers: str) -> Reply:
    error = {"error": {"message": f"planned for {KEY}", "type": "planned", "code": None}}
    return Reply(status=status, body=error, headers={name.replace("_", "-"): value for name, value in headers.items()})


def expected(texts: list[str]) -> Vectors:
    return EmbeddingServer.made_by.embed(texts)


def test_each_vector_is_that_of_its_text_whatever_the_order_of_the_answer(service: Service) -> None:
    np.testing.assert_allclose(service.embed(), expected(TEXTS), atol=1e-6)


def test_the_model_and_the_key_are_sent(service: Service) -> None:
    service.embed()
    request = service.server.requests[0]
    assert (json.loads(request.sound)["model"], request.path) == ("tiny", "/v1/embeddings")
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_a_server_without_a_key_is_not_sent_that_of_the_environment(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    service.embed(api_key=None)
    assert KEY not in str(service.server.requests[0].headers)


def test_many_texts_are_sent_in_batches_and_put_together_in_order(service: Service) -> None:
    texts = [f"text number {number}" for number in range(50)]
    vectors = service.embed(texts, batch=20)
    assert [len(part) for part in service.sent] == [20, 20, 10]
    np.testing.assert_allclose(vectors, expected(texts), atol=1e-6)


def test_a_batch_holds_no_more_bytes_than_a_service_takes(service: Service) -> None:
    from refleqt_adapters.embedder.litellm import BATCH_BYTES

    texts = [f"{number} {'long ' * 2000}" for number in range(40)]
    service.embed(texts, batch=2048)
    sizes = [sum(len(text.encode()) for text in part) for part in service.sent]
    assert len(sizes) == 2 and max(sizes) <= BATCH_BYTES < 300_000


def test_a_text_is_cut_at_bytes_and_not_within_a_sign(service: Service) -> None:
    service.embed(["ü" * 100], longest=101)
    assert service.sent == [["ü" * 50]]


def test_the_usual_cut_is_below_the_tokens_that_a_service_takes() -> None:
    from refleqt_adapters.embedder.litellm import LONGEST

    assert LONGEST < 8192


def test_a_text_is_sent_once_in_a_call(service: Service) -> None:
    vectors = service.embed([TEXTS[0], TEXTS[1], TEXTS[0]])
    assert service.sent == [TEXTS[:2]]
    np.testing.assert_array_equal(vectors[0], vectors[2])


def test_blank_texts_are_not_sent(service: Service) -> None:
    service.embed([TEXTS[0], "", " \n"])
    assert "" not in [text.strip() for part in service.sent for text in part]


def test_the_dimension_is_asked_for_once(service: Service) -> None:
    embedder = service.embedder()
    assert (embedder.dimension, embedder.dimension, service.asked) == (DIMENSION, DIMENSION, 1)


def test_the_dimension_is_known_after_the_first_texts(service: Service) -> None:
    embedder = service.embedder()
    embedder.embed(TEXTS)
    assert (embedder.dimension, service.asked) == (DIMENSION, 1)


def test_the_name_tells_servers_apart_and_holds_no_key(service: Service) -> None:
    named = service.embedder(api_base=f"http://user:{KEY}@127.0.0.1:9/v1").model
    assert named == "openai/tiny@127.0.0.1:9" != service.embedder().model


def test_the_name_of_a_providers_own_model_is_litellms(service: Service) -> None:
    assert service.embedder(model="openai/text-embedding-3-small", api_base=None).model == (
        "openai/text-embedding-3-small"
    )


def test_a_row_of_zeros_has_unit_length_all_the_same(service: Service) -> None:
    service.plan(Reply(body=vectors_of([[0.0] * DIMENSION])))
    assert np.linalg.norm(service.embed(TEXTS[:1])) == pytest.approx(1)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_service_in_trouble_is_asked_again(service: Service, status: int) -> None:
    service.plan(failure(status), failure(status))
    np.testing.assert_allclose(service.embed(), expected(TEXTS), atol=1e-6)
    assert service.asked == 3


def test_each_wait_is_twice_the_one_before(service: Service) -> None:
    service.plan(*[failure(503)] * 3)
    service.embed()
    assert service.waits == [1.0, 2.0, 4.0]


def test_a_wait_that_the_service_asks_for_is_kept(service: Service) -> None:
    service.plan(failure(429, Retry_After="7"), failure(503, Retry_After="11"))
    service.embed()
    assert service.waits == [7.0, 11.0]


def test_a_service_that_asks_for_an_hour_is_not_waited_for(service: Service) -> None:
    service.plan(failure(429, Retry_After="3600"))
    with pytest.raises(Unavailable):
        service.embed()
    assert (service.asked, service.waits) == (1, [])


def test_a_service_that_stays_in_trouble_is_unavailable(service: Service) -> None:
    service.plan(*[failure(500)] * 5)
    with pytest.raises(Unavailable, match="planned"):
        service.embed()
    assert (service.asked, len(service.waits)) == (5, 4)


@pytest.mark.parametrize(
    ("status", "meaning", "remedy"),
    [
        (400, InvalidInput, "REFLEQT_EMBEDDER_LONGEST"),
        (401, NotAllowed, "REFLEQT_EMBEDDER_API_KEY"),
        (402, NotAllowed, "account"),
        (403, NotAllowed, "REFLEQT_EMBEDDER_API_KEY"),
        (404, InvalidInput, "REFLEQT_EMBEDDER_API_BASE"),
        (413, InvalidInput, "REFLEQT_EMBEDDER_MODEL"),
    ],
)
def test_what_asking_again_would_not_mend_is_said_at_once(
    service: Service, status: int, meaning: type[Exception], remedy: str
) -> None:
    service.plan(failure(status))
    with pytest.raises(meaning, match=remedy):
        service.embed()
    assert (service.asked, service.waits) == (1, [])


def test_an_empty_account_is_not_waited_for(service: Service) -> None:
    error = {"error": {"message": "You exceeded your quota", "type": "q", "code": "insufficient_quota"}}
    service.plan(Reply(status=429, body=error))
    with pytest.raises(NotAllowed, match="paid"):
        service.embed()


def test_a_connection_that_is_dropped_is_made_anew(service: Service) -> None:
    service.plan(Reply(drops=True), Reply(drops_within=True))
    np.testing.assert_allclose(service.embed(), expected(TEXTS), atol=1e-6)


def test_a_service_that_is_silent_for_too_long_is_asked_again(service: Service) -> None:
    service.plan(Reply(sleeps=0.4))
    service.embed(time_out=0.2)
    assert service.asked == 2


def test_a_service_that_drips_is_asked_again(service: Service) -> None:
    service.plan(Reply(drips=2.0))
    began = time.monotonic()
    service.embed(time_out=0.3, slack=0.2)
    assert service.asked == 2 and time.monotonic() - began < 1.5


def test_a_service_that_is_not_there_is_unavailable(service: Service) -> None:
    with pytest.raises(Unavailable):
        service.embed(api_base="http://127.0.0.1:9")
    assert len(service.waits) == 4


ROW = [1.0, 2.0]


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [',
        b"<html>busy</html>",
        b"",
        b"[]",
        {"data": []},
        vectors_of([ROW, ROW]),
        vectors_of([ROW, ROW, ROW, ROW]),
        vectors_of([ROW, ROW, ROW], places=[0, 1, 1]),
        vectors_of([ROW, ROW, ROW], places=[1, 2, 3]),
        vectors_of([ROW, ROW, [1.0]]),
        vectors_of([[], [], []]),
        vectors_of([ROW, ROW, [1.0, None]]),
        vectors_of([ROW, ROW, [1.0, "x"]]),
        vectors_of([ROW, ROW, [1.0, float("nan")]]),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again(service: Service, body: Any) -> None:
    service.plan(Reply(body=body))
    np.testing.assert_allclose(service.embed(), expected(TEXTS), atol=1e-6)
    assert service.asked == 2


def test_vectors_of_another_length_than_before_are_refused(service: Service) -> None:
    embedder = service.embedder()
    embedder.embed(TEXTS)
    service.plan(*[Reply(body=vectors_of([ROW]))] * 5)
    with pytest.raises(Unavailable, match="2 numbers, and before of 384"):
        embedder.embed(["another"])


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_the_key_is_in_no_error_and_no_log(
    service: Service, status: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    service.plan(*[failure(status)] * 5)
    with caplog.at_level(logging.INFO), pytest.raises(Exception, match="planned for") as caught:
        service.embed()
    told = "".join(traceback.format_exception(caught.value))
    assert KEY not in told + caplog.text + "".join(capfd.readouterr())


def test_long_complaints_are_cut(service: Service) -> None:
    service.plan(Reply(status=400, body=b"no " * 10_000))
    with pytest.raises(InvalidInput) as caught:
        service.embed()
    assert len(str(caught.value)) < 1000


def test_the_doctor_asks_the_service_and_says_that_texts_leave_the_house(service: Service) -> None:
    settings = Settings.in_memory(
        embedder="litellm",
        embedder_model="openai/tiny",
        embedder_api_base=f"{service.server.url}/v1",
        embedder_api_key=KEY,
    )
    with open_refleqt(settings) as refleqt:
        told = checkup._embedder(refleqt, settings)
    assert told.startswith("openai/tiny@127.0.0.1:") and "is sent to a service" in told and KEY not in told
