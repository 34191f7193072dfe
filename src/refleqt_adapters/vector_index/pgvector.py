"""The VectorIndex on pgvector: exact over the rows of one business.

An approximate index over all tenants loses most of a small tenant's neighbours to the filter, while the b-tree on the
business and an exact scan of its rows has recall 1 and is faster up to tens of thousands of chunks.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, delete, func, insert, select, text

from refleqt_adapters.store.postgres import PostgresStore, vendor_errors
from refleqt_adapters.store.schema import context_embeddings as table
from refleqt_adapters.transactions import connection_of
from refleqt_core.ports import Chunk, Hit, Transaction, Vectors
from refleqt_core.values import BusinessId

from .unit_vectors import check_unit_vectors
