"""Embedding models with random weights and a few words, made here in the forms that model2vec and others load."""

import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
SIGNS = f"{string.ascii_lowercase}{string.digits}äöüß{string.punctuation}–—…顧客は値段が高いと言う"
KNOWN = """
the checkout page is slow on phones we should raise price of small plan before renewals in june budget die kunden fragen
nach einer rechnung auf deutsch und video team films tuesday elephants swim retention till scale under bin below waste
"""
FILLING = tuple(f"filling{number:04}" for number in range(400))
"""Words that nobody writes, so that the usual token is about as long as in a real vocabulary."""
TOKENS = (*SPECIAL, *dict.fromkeys((*SIGNS, *KNOWN.split(), *(f"##{sign}" for sign in SIGNS), *FILLING)))
STATIC_TOKENS, TRANSFORMER_TOKENS, DIMENSION = 64, 32, 64


def tiny_static(folder: Path, *, seed: int = 0, dtype: str = "float32", vectors: Any = None) -> Path:
    """A folder as model2vec writes it; it reads 64 tokens."""
    from model2vec import StaticModel

    table = np.random.default_rng(seed).normal(size=(len(TOKENS), DIMENSION)) if vectors is None else vectors
    StaticModel(table.astype(dtype), _tokenizer(), max_length=STATIC_TOKENS).save_pretrained(folder)
    return folder


def tiny_transformer(folder: Path, *, seed: int = 0) -> Path:
    """A folder as sentence-transformers writes it: a BERT of one layer that reads 32 tokens, with mean pooling."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    config = BertConfig(
        vocab_size=len(TOKENS), hidden_size=DIMENSION, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        bert = BertModel(config)
        bert.embeddings.word_embeddings.weight.normal_()
        # Where a token stands would be most of what a model of random weights says.
        bert.embeddings.position_embeddings.weight.zero_()
        bert.embeddings.token_type_embeddings.weight.zero_()
    named = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), SPECIAL, strict=True))
    bare = folder.with_name(f"{folder.name}-bert")
    bert.save_pretrained(bare)
    PreTrainedTokenizerFast(tokenizer_object=_tokenizer(marks=True), **named).save_pretrained(bare)
    read = Transformer(str(bare), max_seq_length=TRANSFORMER_TOKENS)
    SentenceTransformer(modules=[read, Pooling(DIMENSION)], device="cpu").save(str(folder), create_model_card=False)
    return folder


def _tokenizer(*, marks: bool = False, tokens: Sequence[str] = TOKENS) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {token: place for place, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if marks:
        ends = [(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")]
        tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return tokenizer
