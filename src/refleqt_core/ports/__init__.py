"""The ports: what the core needs from outside, each a Protocol whose docstrings are the specification."""

from .blob_store import BlobStore
from .cipher import Cipher
from .clock import Clock, Ids
from .connector import Connector, MetricRecord
from .embedder import Embedder
from .events import Event, Events
from .llm import LLM, Answer, Document, Interrupted, Prompt, Unsatisfied, Usage
from .payment_escrow import Balance, PaymentEscrow, Price
from .queue import Handler, Job, JobRecord, KindStatistics, Queue
from .store import Appended, Filter, Query, Store, Transaction, where
from .trainer import Trainer, TrainingSpec, TrainingState
from .transcriber import Progress, Segment, Transcriber, Transcript
from .vector_index import Chunk, Hit, VectorIndex, Vectors

__all__ = [
    "LLM",
    "Answer",
    "Appended",
    "Balance",
    "BlobStore",
    "Chunk",
    "Cipher",
    "Clock",
    "Connector",
    "Document",
    "Embedder",
    "Event",
    "Events",
    "Filter",
    "Handler",
    "Hit",
    "Ids",
    "Interrupted",
    "Job",
    "JobRecord",
    "KindStatistics",
    "MetricRecord",
    "PaymentEscrow",
    "Price",
    "Progress",
    "Prompt",
    "Query",
    "Queue",
    "Segment",
    "Store",
    "Trainer",
    "TrainingSpec",
    "TrainingState",
    "Transaction",
    "Transcriber",
    "Transcript",
    "Unsatisfied",
    "Usage",
    "VectorIndex",
    "Vectors",
    "where",
]
