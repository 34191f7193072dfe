"""A checkpoint of Whisper with the shape of one and random weights: it writes words that mean nothing."""

from pathlib import Path

ENGLISH, MULTILINGUAL = 51_864, 51_865
"""Sizes of the vocabularies."""


def write_checkpoint(path: Path, *, vocabulary: int = ENGLISH, seed: int = 7) -> Path:
    """The same file for the same seed, 14 MB; twelve tokens are the longest text it writes."""
    from dataclasses import asdict

    import torch
    import whisper

    dims = whisper.ModelDimensions(
        n_mels=80,
        n_audio_ctx=1500,
        n_audio_state=64,
        n_audio_head=2,
        n_audio_layer=1,
        n_vocab=vocabulary,
        n_text_ctx=24,
        n_text_state=64,
        n_text_head=2,
        n_text_layer=1,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = whisper.model.Whisper(dims)
        # PyTorch leaves the first as the memory was, so that two runs would differ; small tokens are all as likely, so
        # that it does not say one for ever.
        for weights in (model.decoder.positional_embedding, model.decoder.token_embedding.weight):
            torch.nn.init.normal_(weights, std=0.02)
    torch.save({"dims": asdict(dims), "model_state_dict": model.state_dict()}, path)
    return path
