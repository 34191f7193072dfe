"""How many texts a second the default embedder makes vectors of, beside onnxruntime used bare, in the same run.

The peer is what anybody would write in ten lines with the same model file and tokenizer: one text a call, no check of
the files; once with one thread, and once with as many as onnxruntime takes by itself. Ours is measured beside each in
the same way. The texts are of 5 to 200 words, each different.
Run: ``python -m benchmarks.embedding [--texts N] [--rounds N] [--json FILE]``.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

from refleqt_adapters.embedder.minilm import FOLDER, MAX_TOKENS, MiniLMEmbedder

WORDS = (
    "our customers read the weekly newsletter and compare every price with what a competitor asks because trust grows "
    "slowly while a campaign that nobody believes wastes budget people remember stories about kitchens suppliers waste "
    "orders teams and the founder who answers each question herself on tuesday morning"
)

HOW = ("one thread", "as it comes")
TURN = 40
"""Texts that a way takes before it is the next one's turn."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def texts(count: int) -> list[str]:
    """Different texts of 5 to 200 words, shorter ones more often."""
    generator = np.random.default_rng(11)
    lengths = np.minimum(5 + generator.exponential(35, count).astype(int), 200)
    return [f"{number}: {' '.join(generator.choice(WORDS.split(), length))}" for number, length in enumerate(lengths)]


def bare(threads: int) -> Embed:
    """onnxruntime and tokenizers, and nothing around them; 0 threads are as many as onnxruntime thinks fit."""
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = threads
    session = InferenceSession(FOLDER / "model.int8.onnx", options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)

    def embed(given: Sequence[str]) -> NDArray[np.float32]:
        made = [
            session.run(["embedding"], {"input_ids": np.array([tokenizer.encode(text).ids], np.int64)})[0][0]
            for text in given
        ]
        return np.stack(made)

    return embed


def measured(count: int, rounds: int) -> dict[str, Any]:
    """Texts a second of each way, by the clock and by the processor time of all threads, over all rounds.

    Ways take turns every `TURN` texts, beginning with another one each time, so that all meet the same machine.
    """
    ways: dict[str, Embed] = {
        "bare, one thread": bare(1),
        "ours, one thread": MiniLMEmbedder(threads=1).embed,
        "bare, as it comes": bare(0),
        "ours, as it comes": MiniLMEmbedder().embed,
    }
    names, given = list(ways), texts(count)
    vectors = {name: embed(given[:TURN]) for name, embed in ways.items()}
    clock, processor = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for turn, start in enumerate(start for _ in range(rounds) for start in range(0, count, TURN)):
        for name in names[turn % 4 :] + names[: turn % 4]:
            began, worked = time.perf_counter(), time.process_time()
            ways[name](given[start : start + TURN])
            clock[name] += time.perf_counter() - began
            processor[name] += time.process_time() - worked
    total = count * rounds
    return {
        "texts_per_second": {name: total / seconds for name, seconds in clock.items()},
        "texts_per_processor_second": {name: total / seconds for name, seconds in processor.items()},
        "ratio": {how: clock[f"bare, {how}"] / clock[f"ours, {how}"] for how in HOW},
        "ratio_by_processor": {how: processor[f"bare, {how}"] / processor[f"ours, {how}"] for how in HOW},
        "largest_difference": max(float(np.abs(made - vectors[names[0]]).max()) for made in vectors.values()),
        "texts": total,
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """Measures, prints, and writes JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    found = measured(chosen.texts, chosen.rounds)
    for name, rate in found["texts_per_second"].items():
        worked = found["texts_per_processor_second"][name]
        print(f"{name:18} {rate:7.0f} texts/s   {worked:7.0f} a second of processor time")
    for how in HOW:
        ratio, by_processor = found["ratio"][how], found["ratio_by_processor"][how]
        print(f"ours by bare, {how}: {ratio:.2f}, by processor time {by_processor:.2f}")
    print(f"largest difference of a component {found['largest_difference']:.1e}; load {found['load']:.1f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
