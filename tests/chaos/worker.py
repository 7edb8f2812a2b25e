"""A worker with short leases and short patience, so that what a killed or hanging one holds is not waited for long."""

from __future__ import annotations

import os
from typing import Any

from activities import delivery
from infra.channels import config
from infra.channels.http import Times
from infra.channels.smtp import SmtpChannel

LEASE_SECONDS = 4.0
"""As in earnest a little longer than a letter takes at most; there 120 s."""
ANSWER_SECONDS = 3.0


def shorten() -> None:
    """Shorten leases and the wait for answers."""
    delivery.LEASE_SECONDS = LEASE_SECONDS
    by_default(SmtpChannel.__init__, "seconds", ANSWER_SECONDS)
    times = Times(connect=ANSWER_SECONDS, read=ANSWER_SECONDS, whole=ANSWER_SECONDS)
    by_default(config.read_channels, "times", times)


def by_default(function: Any, name: str, value: object) -> None:  # noqa: ANN401 - any function
    """Give a function another default for a parameter."""
    function.__kwdefaults__[name] = value


def main() -> int:
    """Run a worker and return its exit code."""
    shorten()
    import worker  # noqa: PLC0415 - after what it is made of has been changed

    return worker.main()


if __name__ == "__main__":
    os._exit(main())
