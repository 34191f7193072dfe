"""A server on loopback that speaks ``POST /v1/embeddings`` of OpenAI; its vectors are those of hashed words."""

import json
from typing import Any

from speech_servers import Request, SpeechServer

from refleqt_adapters.embedder.memory import HashingEmbedder

DIMENSION = 384


class EmbeddingServer(SpeechServer):
    """Gives its vectors at lengths of their own, and the last one first, since an index says which is whose."""

    made_by = HashingEmbedder(DIMENSION)

    def answer(self, request: Request) -> Any:
        return vectors_of([(3.0 * vector).tolist() for vector in self.made_by.embed(texts_of(request))])


def texts_of(request: Request) -> list[str]:
    """What has been sent to be embedded."""
    texts: list[str] = json.loads(request.sound)["input"]
    assert texts and all(text.strip() for text in texts), "OpenAI refuses a text that is blank"
    return texts


def vectors_of(vectors: list[Any], places: list[int] | None = None) -> dict[str, Any]:
    """An answer with these vectors, at these indexes."""
    at = places if places is not None else range(len(vectors))
    data = [{"object": "embedding", "index": place, "embedding": each} for place, each in zip(at, vectors, strict=True)]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    return {"object": "list", "model": "tiny", "data": data[::-1], "usage": usage}
