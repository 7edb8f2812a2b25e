"""Deliberate breakages of the one system, each of which the fault tests must find: `make saboteurs`."""
