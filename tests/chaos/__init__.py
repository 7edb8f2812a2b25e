"""Faults of every kind while messages flow, judged by an oracle that knows none of our rules: `make chaos-messages`."""
