"""What the Embedder promises, over every adapter of it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import attrs
import numpy as np
import pytest
from embedding_server import EmbeddingServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from speech_servers import running
from tiny_embedders import STATIC_TOKENS, TRANSFORMER_TOKENS, tiny_static, tiny_transformer

from refleqt_adapters.embedder.memory import HashingEmbedder
from refleqt_adapters.embedder.minilm import MiniLMEmbedder
from refleqt_core.ports import Embedder

TOLERANCE = 1e-5
TEXTS = [
    "The checkout page is slow on phones.",
    "We should raise the price of the small plan before the renewals in June.",
    "",
    "Budget?",
    "Die Kunden fragen nach einer Rechnung auf Deutsch – und nach ÄÖÜ.",
    "The checkout page is slow on phones.",
    " ".join(["retention"] * 40),
    "顧客は値段が高いと言う 🙂",
]
PARAPHRASES = [
    ("Shoppers give up because the site takes ages to load", "Slow pages make visitors leave before they buy"),
    ("We ought to charge more for our cheapest tier", "The price of the small plan should go up"),
    ("Nobody opens our emails any more", "The newsletter's open rate keeps falling"),
    ("The intern films short clips for teenagers", "Young people see our videos on TikTok"),
    ("Finance wants proof that advertising pays off", "The CFO asks for the return on our marketing spend"),
    ("New users do not understand how to start", "Onboarding confuses people who just signed up"),
]


@attrs.frozen(kw_only=True)
class Case:
    make: Callable[[], Embedder]
    written: str
    """An expression that makes it in another process, which knows what is in `NEEDED_TO_WRITE`."""
    longest: int
    """How many one-token words it reads."""
    why_no_meaning: str = ""
    """Empty: it knows meaning."""


NEEDED_TO_WRITE = "from importlib import import_module as of; from pathlib import Path; import sys;"


def memory(_folder: Path) -> Iterator[Case]:
    written = f"of('{HashingEmbedder.__module__}').HashingEmbedder()"
    yield Case(make=HashingEmbedder, written=written, longest=256, why_no_meaning="it knows words only, and says so")


def minilm(_folder: Path) -> Iterator[Case]:
    yield Case(make=MiniLMEmbedder, written=f"of('{MiniLMEmbedder.__module__}').MiniLMEmbedder()", longest=254)


def static(folder: Path) -> Iterator[Case]:
    from refleqt_adapters.embedder.static import StaticEmbedder

    model = tiny_static(folder / "tiny")
    yield Case(
        make=partial(StaticEmbedder, model),
        written=f"of('{StaticEmbedder.__module__}').StaticEmbedder(Path({str(model)!r}))",
        longest=STATIC_TOKENS,
        why_no_meaning="its weights are random",
    )


def sentence_transformers(folder: Path) -> Iterator[Case]:
    from refleqt_adapters.embedder.sentence_transformers import SentenceTransformersEmbedder as Made

    model = tiny_transformer(folder / "tiny")
    yield Case(
        make=partial(Made, model, threads=1),
        written=f"of('{Made.__module__}').{Made.__name__}(Path({str(model)!r}), threads=1)",
        longest=TRANSFORMER_TOKENS - 2,
        why_no_meaning="its weights are random",
    )


def litellm(_folder: Path) -> Iterator[Case]:
    from refleqt_adapters.embedder.litellm import LiteLLMEmbedder

    with running(EmbeddingServer()) as server:
        options = {"model": "openai/tiny", "api_base": f"{server.url}/v1", "longest": 11 * 20}
        yield Case(
            make=partial(LiteLLMEmbedder, **options),  # type: ignore[arg-type]
            written=f"of('{LiteLLMEmbedder.__module__}').LiteLLMEmbedder(**{options!r})",
            longest=2 * 20,
            why_no_meaning="its server hashes words",
        )


CASES: dict[str, tuple[Callable[[Path], Iterator[Case]], str, str]] = {
    "memory": (memory, "numpy", ""),
    "minilm": (minilm, "onnxruntime", ""),
    "static": (static, "model2vec", "static"),
    "sentence_transformers": (sentence_transformers, "sentence_transformers", "sentence-transformers"),
    "litellm": (litellm, "litellm", "hosted"),
}
"""Each with the package that it needs, and the extra that brings it."""


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made, package, extra = CASES[request.param]
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed (pip install 'refleqt[{extra}]')")
    yield from made(tmp_path_factory.mktemp("embedder"))


@pytest.fixture(scope="module")
def embedder(case: Case) -> Embedder:
    return case.make()


def test_vectors_have_the_promised_shape_and_type(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), embedder.dimension), np.dtype(np.float32))


def test_vectors_have_unit_length(embedder: Embedder) -> None:
    np.testing.assert_allclose(np.linalg.norm(embedder.embed(TEXTS), axis=1), 1, atol=TOLERANCE)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    vectors = embedder.embed([])
    assert (vectors.shape, vectors.dtype) == ((0, embedder.dimension), np.dtype(np.float32))


def test_a_text_alone_has_the_vector_that_it_has_in_a_batch(embedder: Embedder) -> None:
    alone = np.vstack([embedder.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(embedder.embed(TEXTS), alone, atol=TOLERANCE)


def test_the_order_of_the_texts_is_the_order_of_the_vectors(embedder: Embedder) -> None:
    np.testing.assert_allclose(embedder.embed(TEXTS[::-1]), embedder.embed(TEXTS)[::-1], atol=TOLERANCE)


def test_the_same_text_twice_has_the_same_vector_twice(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    np.testing.assert_allclose(vectors[0], vectors[5], atol=TOLERANCE)


def test_different_texts_have_different_vectors(embedder: Embedder) -> None:
    vectors = embedder.embed(list(dict.fromkeys(TEXTS)))
    similarities = vectors @ vectors.T - np.eye(len(vectors))
    assert similarities.max() < 0.95


def test_another_process_gives_the_same_vectors(case: Case, embedder: Embedder) -> None:
    program = (
        f"{NEEDED_TO_WRITE} made = {case.written};"
        "sys.stdout.buffer.write(made.embed(['The checkout page is slow on phones.', 'Budget?']).tobytes())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
    vectors = np.frombuffer(answer.stdout, np.float32).reshape(2, -1)
    np.testing.assert_allclose(vectors, embedder.embed([TEXTS[0], TEXTS[3]]), atol=TOLERANCE)


def test_many_threads_get_the_same_vectors(embedder: Embedder) -> None:
    expected = embedder.embed(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(embedder.embed, [TEXTS] * 16):
            np.testing.assert_allclose(vectors, expected, atol=TOLERANCE)


def test_the_first_texts_of_many_threads_load_one_model(case: Case, embedder: Embedder) -> None:
    fresh = case.make()
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda _: fresh.embed(TEXTS[:1]), range(8)))
    np.testing.assert_allclose(np.vstack(vectors), np.repeat(embedder.embed(TEXTS[:1]), 8, axis=0), atol=TOLERANCE)


def test_blank_texts_have_the_vector_of_the_empty_one(embedder: Embedder) -> None:
    vectors = embedder.embed(["", "  ", "\n\t"])
    np.testing.assert_allclose(vectors, np.repeat(vectors[:1], 3, axis=0), atol=TOLERANCE)


def test_what_is_longer_than_the_model_reads_is_cut_at_its_end(case: Case, embedder: Embedder) -> None:
    longest = ["plan", "price"] * (case.longest // 2)
    whole, longer = embedder.embed([" ".join(longest), " ".join([*longest, "elephants", "swim"])])
    np.testing.assert_allclose(longer, whole, atol=TOLERANCE)


def test_what_the_model_still_reads_is_not_cut(case: Case, embedder: Embedder) -> None:
    longest = ["plan", "price"] * (case.longest // 2)
    whole, changed = embedder.embed([" ".join(longest), " ".join([*longest[:-1], "elephants"])])
    assert np.abs(whole - changed).max() > 1e-3


def test_the_model_names_itself_the_same_every_time(case: Case, embedder: Embedder) -> None:
    assert embedder.model == case.make().model != ""


def test_texts_that_share_words_are_nearer_than_texts_that_share_none(embedder: Embedder) -> None:
    query, near, far = embedder.embed(
        ["price of the small plan", "raise the small plan's price", "the video team films on Tuesday"]
    )
    assert query @ near > query @ far + 0.2


def test_a_paraphrase_is_found_among_others(case: Case, embedder: Embedder) -> None:
    if case.why_no_meaning:
        pytest.skip(case.why_no_meaning)
    queries = embedder.embed([query for query, _ in PARAPHRASES])
    answers = embedder.embed([answer for _, answer in PARAPHRASES])
    assert (queries @ answers.T).argmax(axis=1).tolist() == list(range(len(PARAPHRASES)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(alphabet=st.characters(exclude_categories=()), max_size=60), max_size=6))
def test_whatever_the_texts_hold_each_has_a_unit_vector_of_its_own(embedder: Embedder, texts: list[str]) -> None:
    vectors = embedder.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), np.ones(len(texts)), atol=TOLERANCE)
    np.testing.assert_allclose(
        vectors, np.vstack([vectors[:0], *(embedder.embed([text]) for text in texts)]), atol=1e-5
    )


@pytest.mark.parametrize("text", ["The till is slow 😡", "a", "42", "über uns", "😡 no", "Ärger!!!"])
def test_a_text_with_a_word_is_read(embedder: Embedder, text: str) -> None:
    assert embedder.reads(text)


@pytest.mark.parametrize("text", ["", " \n", "😡😡😡", "?!…", "x" * 3_000, "😡 — 🙂", "\ud800"])
def test_a_text_without_a_word_is_not_read(embedder: Embedder, text: str) -> None:
    assert not embedder.reads(text)
