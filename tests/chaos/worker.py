"""A worker whose leases are short, so that what a killed one had claimed is not waited for long."""

from __future__ import annotations

import os

from activities import delivery

LEASE_SECONDS = 4.0


def main() -> int:
    """Run a worker with short leases and return its exit code."""
    delivery.LEASE_SECONDS = LEASE_SECONDS
    import worker  # noqa: PLC0415 - after what it is made of has been changed

    return worker.main()


if __name__ == "__main__":
    os._exit(main())
