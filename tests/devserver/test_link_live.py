"""From the mail to the ladder, all of it real: the link in a letter pauses the ladder, and it goes on afterwards."""

from __future__ import annotations

import os
import re
import signal
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx
import pytest

from schemas.event import Acknowledged, Entry, RungFired
from tests.support.ports import free_port
from tests.support.rig import Rig, until

pytestmark = pytest.mark.timeout(300)

DAY_SECONDS = 0.8
LINK = re.compile(r"http://127\.0\.0\.1:\d+/a/\S+")
CHOICE = re.compile(r'<option value="([^"]+)">')
KEY = re.compile(r'name="notice" value="([0-9a-f]{64})"')


def link_in(mails: Path) -> str:
    """Return the link of the first mail that has one; empty when none has."""
    for file in sorted(mails.glob("*.eml")):
        body = message_from_bytes(file.read_bytes(), policy=default).get_body(("plain",))
        if body and (found := LINK.search(body.get_content())):
            return found[0]
    return ""


def rungs(entries: list[Entry], stage: str) -> list[Entry]:
    """Return the rungs of a stage that the ladder has fired."""
    return [entry for entry in entries if isinstance(entry.event, RungFired) and entry.event.stage == stage]


async def test_a_link_pauses_the_ladder_until_the_promised_day_and_then_it_goes_on(tmp_path: Path) -> None:
    rig = Rig(tmp_path, day_seconds=DAY_SECONDS)
    rig.settings = rig.settings.model_copy(update={"console_port": free_port()})
    rig.desk.settings = rig.settings
    async with rig:
        await rig.begin(1)
        (project_id,) = rig.projects
        await until(lambda: bool(link_in(tmp_path / "mail-0")), "no letter has a link")
        link = link_in(tmp_path / "mail-0")
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(link)
            assert page.status_code == 200
            journal = rig.desk.views.journal(project_id)
            assert not [entry for entry in journal if isinstance(entry.event, Acknowledged)], "to look never acts"
            form = {
                "notice": KEY.findall(page.text)[:1],
                "promised": CHOICE.findall(page.text)[:4][-1],
                "note": "路已通",
            }
            for _ in range(2):
                told = await browser.post(link, data=form, headers={"Origin": link.partition("/a/")[0]})
                assert told.status_code == 200, told.text
        (done,) = [one for one in rig.desk.views.journal(project_id) if isinstance(one.event, Acknowledged)]
        assert isinstance(done.event, Acknowledged)
        promised_at, stage = done.event.promised_at, done.event.stage
        assert done.by == "zhou.min"
        assert promised_at > datetime.now(UTC)
        before = len(rungs(rig.desk.views.journal(project_id), stage))
        assert before >= 1
        await until(lambda: len(rungs(rig.desk.views.journal(project_id), stage)) > before, "the ladder does not go on")
        assert rungs(rig.desk.views.journal(project_id), stage)[before].at >= promised_at

        old = rig.pid("console")
        os.kill(old, signal.SIGKILL)
        await until(lambda: rig.pid("console") not in {0, old}, "the console does not come back")
        async with httpx.AsyncClient(trust_env=False) as browser:
            await until(lambda: _answers(rig.settings.console_port), "the console does not answer")
            assert (await browser.get(link)).status_code == 200
    assert rig.complaints() == []


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
