"""Every sentence a person reads, Chinese and English side by side, one module a topic."""

from __future__ import annotations

from rules.texts import (
    acceptance,
    act,
    batch,
    cli,
    clock,
    command_help,
    engine,
    explain,
    funding,
    journal,
    ledger,
    matter,
    message,
    migration,
    name,
    people,
    policy,
    proposal,
    rehearsal,
    sample,
    silence,
    why,
)

CATALOGUE: dict[str, tuple[str, str]] = {
    **acceptance.SENTENCES,
    **act.SENTENCES,
    **batch.SENTENCES,
    **cli.SENTENCES,
    **clock.SENTENCES,
    **engine.SENTENCES,
    **explain.SENTENCES,
    **funding.SENTENCES,
    **command_help.SENTENCES,
    **journal.SENTENCES,
    **ledger.SENTENCES,
    **matter.SENTENCES,
    **message.SENTENCES,
    **migration.SENTENCES,
    **name.SENTENCES,
    **people.SENTENCES,
    **policy.SENTENCES,
    **proposal.SENTENCES,
    **why.SENTENCES,
    **rehearsal.SENTENCES,
    **sample.SENTENCES,
    **silence.SENTENCES,
}
"""Sentence by code: (zh-CN, en), with `str.format` placeholders."""
