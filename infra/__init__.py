"""The outside world: settings, engine, database, channels, files."""
