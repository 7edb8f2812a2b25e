"""Counts begun workflows of the floor from outside their process: one byte in a file for each."""

from __future__ import annotations

import os

_descriptors: list[int] = []


def open_at(path: str) -> None:
    """Count into this file from now on."""
    _descriptors[:] = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)]


def one() -> None:
    """Count one more."""
    for descriptor in _descriptors:
        os.write(descriptor, b".")
