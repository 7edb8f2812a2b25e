r"""The tutorial tells the truth: every command in it is run, in order, and says what the tutorial shows.

How `docs/tutorial.md` is read: a block marked `console` holds commands after `$ ` (a `\` at the end goes on in the next
line), each followed by lines it must say, in this order; `…` stands for anything, and so does the width of a column.
A line that begins with `✗` is a refusal, with exit code 1; every other command ends with 0. A comment
`<!-- test: WORD -->` before a block means:

- `up`: the command of the first terminal, left running;
- `until`: say the first command again until it says all its lines;
- `up says`: lines of the first terminal;
- `Ctrl-C`: the same, after Ctrl-C there.

The days of the tutorial's calendar are made shorter, and nothing else is changed.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.engine import engine_binary

TREE = Path(__file__).parents[2]
TUTORIAL = TREE / "docs" / "tutorial.md"
PATIENCE = 30.0
DAYS = ("--day-seconds 5", "--day-seconds 0.5")

BLOCK = re.compile(r"(?:<!-- test: (?P<word>[\w -]+) -->\n)?```console\n(?P<text>.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A command with what it must say, or (without a command) what the first terminal must say."""

    word: str
    command: str
    said: tuple[str, ...]

    @property
    def code(self) -> int:
        return 1 if any(line.startswith("✗") for line in self.said) else 0

    def missing(self, output: str) -> str:
        """Return the first line that does not stand in the output after the lines before it; empty when all do."""
        rest = iter([" ".join(line.split()) for line in output.splitlines()])
        for line in self.said:
            parts = re.split(r" ?… ?", " ".join(line.split()))
            pattern = re.compile(".*".join(re.escape(part) for part in parts))
            if not any(pattern.search(candidate) for candidate in rest):
                return line
        return ""


def steps() -> Iterator[Step]:
    for block in BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8")):
        word, commands = block["word"] or "", block["text"].replace("\\\n", "").split("$ ")
        if word in {"up says", "Ctrl-C"}:
            yield Step(word, "", tuple(commands[0].splitlines()))
            continue
        for number, text in enumerate(commands[1:]):
            command, *said = text.splitlines()
            yield Step("" if word == "until" and number else word, command, tuple(said))


class Terminals:
    """Two terminals in the tree, with a data folder and ports of their own."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            port, page = one.getsockname()[1], two.getsockname()[1]
        self.data, self.log = folder / "data", folder / "up.log"
        own = {"CUNTONG_DATA": str(self.data), "CUNTONG_PORT": str(port), "CUNTONG_UI_PORT": str(page)}
        own |= {"CUNTONG_CONSOLE_PORT": "0"}
        self.first_env = {**os.environ, **own}
        self.second_env = {**self.first_env, "TEMPORAL_ADDRESS": f"127.0.0.1:{port}"}
        self.up: subprocess.Popen[bytes] | None = None

    def adapted(self, command: str) -> str:
        """Return a command for this machine: its Python, the folder of this test, and shorter days."""
        for old, new in (
            (".venv/bin/temporal", str(engine_binary())),
            (".venv/bin/python", sys.executable),
            ("./cuntong", f"{sys.executable} starter.py"),
            (" data/", f" {self.data}/"),
            DAYS,
        ):
            command = command.replace(old, new)
        return command

    def play(self, step: Step) -> None:
        """Do a step, and fail with what was said instead."""
        if step.word == "up":
            with self.log.open("wb") as log:
                program = ["bash", "-c", f"exec env {self.adapted(step.command)}"]
                self.up = subprocess.Popen(
                    program, cwd=TREE, env=self.first_env, stdout=log, stderr=log, start_new_session=True
                )
        if step.word == "Ctrl-C":
            assert self.up
            self.up.send_signal(signal.SIGINT)
            assert self.up.wait(PATIENCE) == 0, self.log.read_text()
        end = time.monotonic() + (PATIENCE if step.word else 0.0)
        while True:
            code, output = (0, self.log.read_text()) if step.word in {"up", "up says", "Ctrl-C"} else self._run(step)
            missing = step.missing(output)
            if not missing and code == step.code:
                return
            if time.monotonic() >= end:
                pytest.fail(f"$ {step.command}\nmust say: {missing}\nexit code {code}, and it said:\n{output}")
            time.sleep(0.1)

    def _run(self, step: Step) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-c", self.adapted(step.command)],
            cwd=TREE,
            env=self.second_env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE * 2,
            check=False,
        )
        return done.returncode, done.stdout.decode()


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[Terminals]:
    both = Terminals(tmp_path)
    yield both
    if both.up and both.up.poll() is None:
        both.up.send_signal(signal.SIGTERM)
        both.up.wait(PATIENCE)


@pytest.mark.timeout(240)
def test_the_tutorial_tells_the_truth(terminals: Terminals) -> None:
    for step in steps():
        terminals.play(step)


def test_the_tutorial_is_read_as_it_is_meant() -> None:
    """Else the test above would hold for nothing."""
    found = list(steps())
    assert len(found) > 40
    assert {"up", "until", "up says", "Ctrl-C"} <= {step.word for step in found}
    assert sum(step.code for step in found) > 1
    assert [step.command for step in found if step.command and not step.said and "kill" not in step.command] == []
    assert all(DAYS[0] in step.command for step in found if "--calendar" in step.command)
    assert Step("", "", ("one … three", "four")).missing("zero\none two three\nfour\n") == ""
    assert Step("", "", ("four", "one …")).missing("one two three\nfour\n") == "one …"
