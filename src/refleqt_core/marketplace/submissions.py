"""A creator's text with all that it is reviewed against."""

import io
from collections.abc import Sequence

import numpy as np

from ..errors import Conflict, InvalidInput
from ..ports import BlobStore, Embedder, Transaction, where
from .quality_checks import Submission
from .records import BriefOffer, Creator, Delivery
from .text_measures import passages, words

LONGEST_TEXT = 200_000
EARLIER_WORKS = 20


def readable_text(text: str) -> str:
    """The text without what no file can keep. No words, or more than 200,000 characters: `InvalidInput`."""
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"the delivery has {len(text):,} characters; {LONGEST_TEXT:,} is the most that is reviewed")
    if not words(text):
        raise InvalidInput("the delivery has no words; send the text itself")
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def keep_text(blobs: BlobStore, text: str) -> str:
    """The hash of the stored text."""
    return blobs.put(io.BytesIO(text.encode("utf-8")))


def read_text(blobs: BlobStore, hash: str) -> str:
    """The stored text."""
    with blobs.open(hash) as file:
        return file.read().decode("utf-8")


def require_turn(offer: BriefOffer, deliveries: Sequence[Delivery]) -> None:
    """Nothing happens when it is the creator's turn to deliver; else `Conflict` says what it is instead."""
    if offer.status != "accepted":
        raise Conflict(f"the offer is {offer.status}; only an accepted one can be delivered to")
    if deliveries and deliveries[-1].verdict != "revise":
        outcome = "passed already" if deliveries[-1].verdict == "pass" else "waits for a person's review"
        raise Conflict(f"the delivery before {outcome}; no other one is asked for")


def earlier_works(tx: Transaction, offer: BriefOffer) -> list[str]:
    """Blobs of what the creator delivered last for other briefs, the newest first."""
    others = tx.find(BriefOffer, *where(creator_id=offer.creator_id, id__ne=offer.id))
    found = tx.find(
        Delivery,
        *where(offer_id__in=[other.id for other in others]),
        order="-delivered_at",
        limit=EARLIER_WORKS,
    )
    return list(dict.fromkeys(delivery.blob for delivery in found))


def submission(
    text: str, offer: BriefOffer, creator: Creator, earlier: Sequence[str], embedder: Embedder
) -> Submission:
    """The text beside the offer's document, with how near in meaning each key message is to the nearest passage."""
    messages = [str(message) for message in offer.document.get("key_messages") or ()]
    return Submission(
        text=text,
        document=offer.document,
        artifact_type=str(offer.document.get("artifact_type") or ""),
        creator_name=creator.display_name,
        earlier=earlier,
        coverage=_coverage(messages, passages(text), embedder),
    )


def _coverage(messages: Sequence[str], parts: Sequence[str], embedder: Embedder) -> list[float]:
    """For each message the cosine of the nearest part, in [0, 1]."""
    if not messages or not parts:
        return [0.0] * len(messages)
    vectors = embedder.embed([*messages, *parts])
    cosines = vectors[: len(messages)] @ vectors[len(messages) :].T
    return [float(nearest) for nearest in np.clip(cosines.max(axis=1), 0.0, 1.0)]
