"""Alembic's entry point: it works on the connection that `refleqt_adapters.postgres.migrate` gives it."""

from alembic import context

from refleqt_adapters.postgres.schema import metadata


def _ours(_object: object, name: str | None, type_: str, _reflected: bool, _compare_to: object) -> bool:
    """procrastinate's tables lie in the same database, and bring a schema of their own."""
    return not (type_ == "table" and (name or "").startswith(("procrastinate_", "alembic_")))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=_ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
