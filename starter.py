"""The supervisors' way in: runs the command line of `cli/`."""

from __future__ import annotations

import os
import sys

from cli.app import main

if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # The engine's library can abort the interpreter while it shuts down, after all work was done (seen with
    # temporalio 1.35 on Python 3.11): leave without that phase, so that the exit code tells the truth.
    os._exit(code)
