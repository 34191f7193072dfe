"""A local model: a GGUF file that llama.cpp runs in this process. Nothing leaves the machine and nothing costs."""

import hashlib
import importlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp

from refleqt_core.errors import InvalidInput, MissingDependency, Unavailable
from refleqt_core.ports.llm import Answer, Prompt, Usage

from .answers import json_schema
from .asking import json_demand, messages
from .chat_tokens import PLAIN_TEMPLATE, ChatTokens
from .replies import Chat, Reply, answered

T = TypeVar("T")

_BLOCK = 1 << 20
_BLOCKS = 64


class LlamaCpp:
    """An `LLM` in this process. Threads take turns: one question at a time has the model.

    ``context`` is the most that a prompt and its answer may have together, in tokens; a model that was trained on less
    has that. The answer may have ``answer_tokens`` of it, at most half. A grammar made of the schema lets the model
    write nothing but fitting JSON; values out of their range are asked for again, ``attempts`` times in all. The same
    prompt gives the same answer. It runs on ``threads`` cores; without a number llama.cpp takes half of them to write
    and all to read. A file that is no model raises `InvalidInput`.
    """

    def __init__(
        self,
        path: Path,
        *,
        context: int = 8192,
        answer_tokens: int = 2048,
        attempts: int = 3,
        threads: int | None = None,
    ):
        self._package = _load()
        _check(path)
        self._llama = _opened(self._package, path, context, threads)
        trained = self._package.llama_model_n_ctx_train(self._llama.model)
        self._context: int = min(context, trained) if trained > 0 else context
        self._answer_tokens = min(answer_tokens, self._context // 2)
        self._attempts = attempts
        self._model = f"{path.name}@{fingerprint(path)}"
        self._chat = _chat_tokens(self._package, self._llama)
        self._ends = _ends(self._package, self._llama)
        self._lock = Lock()

    @property
    def model(self) -> str:
        """The file's name and the beginning of its hash; see `LLM.model`."""
        return self._model

    def complete(self, prompt: Prompt, schema: type[T]) -> Answer[T]:
        """See `LLM.complete`. A prompt that is too long for the context raises `InvalidInput` that says how long."""
        shape = json_schema(schema)
        grammar = self._package.LlamaGrammar.from_json_schema(json.dumps(shape), verbose=False)
        chat = messages(prompt, json_demand(shape))
        return answered(
            lambda chat: self._write(chat, grammar, prompt.task),
            chat,
            schema,
            task=prompt.task,
            attempts=self._attempts,
        )

    def score(self, prompt: Prompt, options: Sequence[str]) -> list[float]:
        """See `LLM.score`: the probability that the model writes the option and ends there."""
        distinct = {option: self._chat.tokenize(option, False) for option in sorted(set(options))}
        if not distinct:
            return []
        chat = messages(prompt, "Answer in a few words, and with nothing else.")
        tokens = self._fitting(chat, prompt.task, max(map(len, distinct.values())) + 1)
        with self._lock, _translated(self._model):
            self._llama.reset()
            self._llama.eval(tokens)
            after = self._log_probabilities()
            scores = {option: self._continued(len(tokens), after, each) for option, each in distinct.items()}
        return [scores[option] for option in options]

    def _write(self, chat: Chat, grammar: Any, task: str) -> Reply:
        tokens = self._fitting(chat, task, self._answer_tokens)
        with self._lock, _translated(self._model):
            # What the cache kept of the question before must not be in the answer to this one.
            self._llama.reset()
            made = self._llama.create_completion(
                tokens, grammar=grammar, max_tokens=self._answer_tokens, temperature=0.0, seed=0
            )
        (choice,), used = made["choices"], made["usage"]
        usage = Usage(model=self._model, tokens_in=used["prompt_tokens"], tokens_out=used["completion_tokens"])
        return Reply(content=choice["text"], usage=usage, is_cut=choice["finish_reason"] == "length")

    def _fitting(self, chat: Chat, task: str, answer: int) -> list[int]:
        """The chat in tokens, beside which an answer of that many has room."""
        tokens = self._chat.of(chat)
        most = self._context - answer
        if len(tokens) > most:
            raise InvalidInput(
                f"the prompt of '{task}' has {len(tokens)} tokens and may have {most} beside its answer, as "
                f"{self._model} has room for {self._context}; shorten the text, or raise REFLEQT_LLM_CONTEXT where "
                "the model was trained on more"
            )
        return tokens

    def _continued(self, start: int, after: NDArray[np.float64], option: Sequence[int]) -> float:
        """The log-probability of those tokens and an end, after the ``start`` tokens that ``after`` follows."""
        self._llama.n_tokens = start
        score = 0.0
        for token in option:
            score += float(after[token])
            self._llama.eval([token])
            after = self._log_probabilities()
        ending = float(logsumexp(after[self._ends])) if self._ends else 0.0
        return min(0.0, score + ending)

    def _log_probabilities(self) -> NDArray[np.float64]:
        """Of the token after the last one. Asked for it alone, since those of all tokens take gigabytes."""
        logits = self._package.llama_get_logits_ith(self._llama.ctx, -1)
        given = np.ctypeslib.as_array(logits, shape=(self._llama.n_vocab(),))
        found: NDArray[np.float64] = log_softmax(given.astype(np.float64))
        return found


def fingerprint(path: Path) -> str:
    """Eight hexadecimal digits that tell the file from others: a hash of its length and of 64 MiB spread over it."""
    size = path.stat().st_size
    seen = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for i in range(_BLOCKS):
            file.seek(i * _BLOCK if size <= _BLOCK * _BLOCKS else i * (size - _BLOCK) // (_BLOCKS - 1))
            seen.update(file.read(_BLOCK))
    return seen.hexdigest()[:8]


def _load() -> Any:
    try:
        return importlib.import_module("llama_cpp")
    except (ImportError, OSError, RuntimeError) as error:  # a build for another machine raises the latter two
        raise MissingDependency("llama-cpp-python", "local-llm") from error


def _check(path: Path) -> None:
    remedy = "name a model's GGUF file in REFLEQT_LLM_PATH"
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({error.strerror}); {remedy}") from error
    if magic != b"GGUF":
        raise InvalidInput(f"{path} is no GGUF file; {remedy}")


def _opened(package: Any, path: Path, context: int, threads: int | None) -> Any:
    try:
        llama = package.Llama(str(path), n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)
    except (ValueError, RuntimeError, MemoryError) as error:
        raise InvalidInput(
            f"llama.cpp cannot load {path}; the file may be cut, an adapter and no model, or made for a newer "
            f"llama.cpp, or a context of {context} tokens takes more memory than there is (REFLEQT_LLM_CONTEXT)"
        ) from error
    if not package.llama_model_has_decoder(llama.model):
        raise InvalidInput(f"{path} holds a model that writes no text; choose an instruction-tuned model")
    return llama


def _chat_tokens(package: Any, llama: Any) -> ChatTokens:
    formats = importlib.import_module("llama_cpp.llama_chat_format")
    vocabulary = package.llama_model_get_vocab(llama.model)
    begin, end = llama.token_bos(), llama.token_eos()
    formatter = formats.Jinja2ChatFormatter(
        template=llama.metadata.get("tokenizer.chat_template", PLAIN_TEMPLATE),
        bos_token=_written(package, vocabulary, begin),
        eos_token=_written(package, vocabulary, end),
    )

    def tokenize(text: str, with_marks: bool) -> list[int]:
        found: list[int] = llama.tokenize(text.encode(errors="replace"), add_bos=False, special=with_marks)
        return found

    return ChatTokens(
        render=lambda chat: str(formatter(messages=chat).prompt),
        tokenize=tokenize,
        begin=begin if begin >= 0 and package.llama_vocab_get_add_bos(vocabulary) else None,
    )


def _written(package: Any, vocabulary: Any, token: int) -> str:
    return str(package.llama_vocab_get_text(vocabulary, token).decode()) if token >= 0 else ""


def _ends(package: Any, llama: Any) -> list[int]:
    """The tokens by which the model ends what it says."""
    vocabulary = package.llama_model_get_vocab(llama.model)
    ends = {package.llama_vocab_eos(vocabulary), package.llama_vocab_eot(vocabulary)}
    return sorted(token for token in ends if token >= 0)


@contextmanager
def _translated(model: str) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise Unavailable(f"{model} failed while it wrote: {error}") from error
