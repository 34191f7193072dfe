"""How many texts a second the default embedder makes vectors of, beside onnxruntime used bare, in the same run.

The peer is what anybody would write in ten lines with the same model file and tokenizer: one text a call, no check of
the files; once with one thread, and once with as many as onnxruntime takes by itself. Ours is measured beside each in
the same way. The texts are of 5 to 200 words, each different, and the rounds of all four alternate.
Run: ``python -m benchmarks.embedding [--texts N] [--rounds N] [--json FILE]``.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
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
    """Texts a second of each, the median over the rounds, and each round's ratios of ours to the peer."""
    ways: dict[str, Embed] = {
        "bare, one thread": bare(1),
        "ours, one thread": MiniLMEmbedder(threads=1).embed,
        "bare, as it comes": bare(0),
        "ours, as it comes": MiniLMEmbedder().embed,
    }
    given = texts(count)
    vectors = {name: embed(given[:50]) for name, embed in ways.items()}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        names = list(ways)[turn % len(ways) :] + list(ways)[: turn % len(ways)]
        for name in names:
            start = time.perf_counter()
            ways[name](given)
            rates[name].append(count / (time.perf_counter() - start))
    ratios = {
        how: [x / y for x, y in zip(rates[f"ours, {how}"], rates[f"bare, {how}"], strict=True)]
        for how in ("one thread", "as it comes")
    }
    return {
        "texts_per_second": {name: median(found) for name, found in rates.items()},
        "ratio": {how: median(found) for how, found in ratios.items()},
        "ratios": ratios,
        "largest_difference": max(float(np.abs(made - vectors["bare, one thread"]).max()) for made in vectors.values()),
        "texts": count,
        "rounds": rounds,
        "load": os.getloadavg()[0],
    }


def main() -> None:
    """Measures, prints, and writes JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    found = measured(chosen.texts, chosen.rounds)
    for name, rate in found["texts_per_second"].items():
        print(f"{name:18} {rate:7.0f} texts/s")
    for how, each in found["ratios"].items():
        print(f"ours by bare, {how}: {found['ratio'][how]:.2f} (rounds {min(each):.2f}–{max(each):.2f})")
    print(f"largest difference of a component {found['largest_difference']:.1e}; load {found['load']:.1f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
