"""The command line: one file a noun; parse, call, print. Assembled by `cli.app`, run by `starter.py`."""
