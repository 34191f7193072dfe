"""The PostgreSQL that several adapters share: its schema, migrations, connections and the embedded server."""
