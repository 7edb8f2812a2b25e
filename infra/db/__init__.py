"""The records: journal, read model, outbox, directory and policies in one SQL database, SQLite or PostgreSQL."""
