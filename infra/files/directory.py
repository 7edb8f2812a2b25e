"""Reads a directory of people and posts from YAML, telling place, value and rule of whatever is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn, get_args

import yaml
from pydantic import TypeAdapter, ValidationError

from infra.files.source import read_source
from rules.ledger_cells import shown
from schemas.command import Id
from schemas.directory import Directory, Person, PostLine
from schemas.reason import ErrorKind, Param, Refusal

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path

    from pydantic_core import ErrorDetails
