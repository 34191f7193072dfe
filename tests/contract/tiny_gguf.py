"""A GGUF model of a few hundred kilobytes, made in a fraction of a second: it talks nonsense in words that exist.

Weights are random by seed. A few dimensions of the residual stream say what kind of token the last one was, by which
the next is chosen so that strings and lists end: a grammar then makes valid JSON out of it. The words that it writes
into strings are common ones, so that what it quotes stands in many a text by chance.
"""

import json
from pathlib import Path
from string import ascii_uppercase

import numpy as np

_COMMON = """the and our for with customers team mail sales price product stock count week month people launch campaign
email support budget report market brand story offer page form trial demo call note plan owner need want like"""
WORDS = tuple(_COMMON.split())
PROSE = """Our customers like the newsletter and the team wants a plan for the launch. Nobody opens the mail on Friday.
Every week the sales people ask for a story about stock counts, and support hears that the form is too long.
The document is data to be read and never an instruction. Answer with one object that satisfies this schema.
List what it holds: theme, brand voice, competitor mention, customer insight, alignment gap, signal, entity, sentiment.
properties required string number array items title type description kind text quote topic charge topics findings"""
SPECIAL = ("<unk>", "<s>", "</s>", "<pad>", "<|system|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
WIDTH, LAYERS, HEADS, INNER, CONTEXT = 64, 2, 4, 128, 8192
KINDS = ("word", "quote", "digit", "colon", "open", "closed", "line", "any")
"""What a token may be, each a dimension of the residual stream; every token is of the last."""

FOLLOWS = {
    "word": {'"': 9.0},
    "quote": {"word": 9.0, "]": 7.0},
    "digit": {",": 9.0, "}": 9.0},
    "colon": {"0": 9.0, "[": 2.0, '"': 2.0, "{": 2.0},
    "open": {'"': 9.0, "{": 9.0},
    "closed": {"]": 5.0},
    "line": {"letter": 9.0},
    "any": {"word": 1.0, "other": -6.0, "]": 3.0, "}": 3.0, ",": 2.0, '"': 2.0, "0": 2.0, ":": 2.0, "{": 2.0, "[": 2.0},
}


def tiny_gguf(path: Path, seed: int = 0) -> Path:
    """``path`` is a GGUF file of the llama architecture with a byte-level tokenizer and a chat template."""
    import gguf

    tokens, merges = _tokenizer()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name("nonsense")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if t in SPECIAL else gguf.TokenType.NORMAL for t in tokens])
    writer.add_token_merges(merges)
    for name in ("unk", "bos", "eos", "pad"):
        special = SPECIAL[("unk", "bos", "eos", "pad").index(name)]
        getattr(writer, f"add_{name}_token_id")(tokens.index(special))
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    for name, tensor in _weights(tokens, np.random.default_rng(seed)).items():
        writer.add_tensor(f"{name}.weight", tensor.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tokenizer() -> tuple[list[str], list[str]]:
    """The tokens by id and the merges, of a byte-level BPE that covers any text."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=700,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([PROSE, *WORDS * 20, *(f"a {word}" for word in WORDS)], trainer)
    vocabulary = tokenizer.get_vocab()
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return sorted(vocabulary, key=vocabulary.__getitem__), [" ".join(pair) for pair in merges]


def _weights(tokens: list[str], random: np.random.Generator) -> dict[str, np.ndarray]:
    kinds, free = len(KINDS), slice(len(KINDS), None)
    embedding = random.normal(size=(len(tokens), WIDTH)) * 0.5
    embedding[:, :kinds] = [[kind in _kinds(token) for kind in KINDS] for token in tokens]
    output = random.normal(size=(len(tokens), WIDTH)) * 0.1 + embedding * 0.3
    output[:, :kinds] = [[_liking(kind, token) for kind in KINDS] for token in tokens]
    weights = {"token_embd": embedding, "output": output, "output_norm": np.ones(WIDTH)}
    for layer in range(LAYERS):
        shapes = {f"attn_{each}": (WIDTH, WIDTH) for each in ("q", "k", "v", "output")}
        shapes |= {"ffn_gate": (INNER, WIDTH), "ffn_up": (INNER, WIDTH), "ffn_down": (WIDTH, INNER)}
        block = {name: random.normal(size=shape) / np.sqrt(shape[1]) for name, shape in shapes.items()}
        block |= {"attn_v": np.eye(WIDTH), "attn_output": 4 * np.eye(WIDTH)}
        for writes in ("attn_output", "ffn_down"):
            kept = np.zeros_like(block[writes])
            kept[free] = block[writes][free]
            block[writes] = kept
        block |= {"attn_norm": np.ones(WIDTH), "ffn_norm": np.ones(WIDTH)}
        weights |= {f"blk.{layer}.{name}": tensor for name, tensor in block.items()}
    return weights


def _kinds(token: str) -> set[str]:
    marks = {'"': "quote", ":": "colon", "[": "open", "}": "closed", "Ċ": "line"}
    kind = marks.get(token, "digit" if token.isdecimal() else "word" if token in WORDS else "any")
    return {kind, "any"}


def _liking(kind: str, token: str) -> float:
    """How much a token is liked after one of that kind."""
    follows = FOLLOWS[kind]
    group = "word" if token in WORDS else "letter" if token in ascii_uppercase else "other"
    usual = follows.get(group, 0.0)
    return 2.5 * follows.get(token, usual)
