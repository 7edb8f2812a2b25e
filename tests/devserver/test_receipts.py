"""What is said of a letter afterwards is on record once; one that came back goes another way as the same letter."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from standardwebhooks.webhooks import Webhook

from console.body import LARGEST_BODY
from infra.bounce import read_bounce
from infra.channels.base import Manners
from infra.channels.letter import message_id
from infra.db.engine import reading
from infra.db.letter_views import LetterViews
from infra.db.outbox import Outbox
from infra.db.outcomes import Outcome
from infra.db.receipts import Receipts
from infra.db.settling import Settling
from infra.db.tables import letter
from schemas.reason import Refusal
from schemas.receipt import LetterEvent
from tests.support import posting
from tests.support.answering import SECRET, Counter
from tests.support.claims import LATER, REFUSED, tried
from tests.support.moments import Clock
from tests.support.returned import returned

AT = posting.AT
CHANNELS = ("email", "sms", "file")
BOTH: dict[str, Any] = {"channels": '["sms", "email"]', "addresses": '{"sms": "13800000000"}'}


def delivered(engine: Engine, **changes: Any) -> str:  # noqa: ANN401 - columns of a person
    """Write a letter that was handed over by its first channel."""
    (key,) = posting.post(engine, channel="sms" if changes else "email", **changes)
    box = Outbox(engine)
    (claim,) = box.claim("sms" if changes else "email", 10, 60)
    box.begin(claim, 60)
    box.finish(claim, Outcome("accepted"))
    return key


def standing(engine: Engine, key: str) -> tuple[str, str, str]:
    with reading(engine) as connection:
        row = connection.execute(select(letter).where(letter.c.key == key)).one()
    return row.state, row.channel, row.reason_code


def event(key: str, kind: str) -> LetterEvent:
    return LetterEvent.model_validate({"letter": key, "kind": kind, "detail": "550 no such user"})


def test_a_letter_that_came_back_and_has_no_other_way_waits_for_a_person(engine: Engine) -> None:
    key = delivered(engine)
    receipts = Receipts(engine, CHANNELS)
    assert receipts.take(event(key, "bounced"), "e1", "email", AT) == "given_up"
    assert standing(engine, key) == ("dead", "email", "bounced")
    assert receipts.take(event(key, "bounced"), "e1", "email", AT) == "known"
    assert receipts.take(event(key, "bounced"), "e2", "email", AT) == "recorded"
    assert [row.kind for row in LetterViews(engine).receipts(key)] == ["bounced", "bounced"]
    assert Settling(engine, CHANNELS).revive() == [key]
    assert standing(engine, key)[0] == "pending"


def test_a_letter_that_came_back_goes_by_the_next_channel_as_the_same_letter(engine: Engine) -> None:
    key = delivered(engine, **BOTH)
    receipts = Receipts(engine, CHANNELS)
    assert receipts.take(event(key, "failed"), "e1", "sms", AT) == "moved"
    assert standing(engine, key) == ("pending", "email", "moved_on")
    assert receipts.take(event(key, "failed"), "e2", "sms", AT) == "recorded", "it has left that channel"
    box = Outbox(engine)
    (claim,) = box.claim("email", 10, 60)
    assert claim.key == key
    assert box.begin(claim, 60)
    box.finish(claim, Outcome("accepted"))
    assert standing(engine, key)[:2] == ("delivered", "email")
    assert [(row.state, row.detail) for row in LetterViews(engine).attempts(key)] == [
        ("rejected", "came back: 550 no such user"),
        ("accepted", ""),
    ]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (LATER, ("pending", "email", "moved_on")),
        (REFUSED, ("dead", "email", "refused")),
    ],
)
def test_a_letter_that_came_back_has_not_arrived_when_its_next_channel_refuses_it(
    engine: Engine, outcome: Outcome, state: tuple[str, str, str]
) -> None:
    key = delivered(engine, **BOTH)
    assert Receipts(engine, CHANNELS).take(event(key, "failed"), "e1", "sms", AT) == "moved"
    tried(Outbox(engine), outcome)
    assert standing(engine, key) == state


def test_a_letter_that_came_back_and_is_tried_again_has_not_arrived_before_it_is_accepted(engine: Engine) -> None:
    key = delivered(engine)
    assert Receipts(engine, CHANNELS).take(event(key, "bounced"), "e1", "email", AT) == "given_up"
    Settling(engine, CHANNELS).revive()
    tried(Outbox(engine), REFUSED)
    assert standing(engine, key) == ("dead", "email", "refused")


@pytest.mark.parametrize("kind", ["bounced", "failed"])
def test_what_came_back_before_its_sender_heard_of_it_goes_another_way_too(engine: Engine, kind: str) -> None:
    (key,) = posting.post(engine, channel="sms", **BOTH)
    box, receipts = Outbox(engine, dict.fromkeys(CHANNELS, Manners())), Receipts(engine, CHANNELS)
    (claim,) = box.claim("sms", 10, 60)
    box.begin(claim, 60)
    assert receipts.take(event(key, kind), "e1", "sms") == "recorded"
    box.finish(claim, Outcome("accepted"))
    assert standing(engine, key) == ("pending", "email", "moved_on")
    assert [row.state for row in LetterViews(engine).attempts(key)] == ["rejected"]
    tried(box, Outcome("accepted"))
    assert standing(engine, key)[:2] == ("delivered", "email")


def test_what_was_said_of_an_earlier_try_is_not_of_this_one(engine: Engine) -> None:
    key = delivered(engine)
    Receipts(engine, CHANNELS).take(event(key, "bounced"), "e1", "email")
    Settling(engine, CHANNELS).revive()
    clock = Clock(datetime.now(UTC) + timedelta(hours=1))
    tried(Outbox(engine, now=clock), Outcome("accepted"))
    assert standing(engine, key)[0] == "delivered"


def test_what_is_over_is_not_sent_another_way(engine: Engine) -> None:
    key = delivered(engine, **BOTH)
    posting.withdraw(engine, key)
    assert Receipts(engine, CHANNELS).take(event(key, "bounced"), "e1", "sms", AT) == "recorded"
    assert standing(engine, key)[:2] == ("delivered", "sms")


@pytest.mark.parametrize(
    ("kind", "channel", "state"),
    [
        ("delivered", "email", "delivered"),
        ("opened", "email", "delivered"),
        ("bounced", "email", "unclear"),
        ("delivered", "sms", "unclear"),
        ("opened", "sms", "unclear"),
    ],
)
def test_a_receipt_of_its_channel_settles_a_letter_of_unknown_fate(
    engine: Engine, kind: str, channel: str, state: str
) -> None:
    (key,) = posting.post(engine)
    tried(Outbox(engine, {"email": Manners(unknown="hold")}), Outcome("unknown"))
    assert standing(engine, key)[0] == "unclear"
    assert Receipts(engine, CHANNELS).take(event(key, kind), "e1", channel, AT) == "recorded"
    assert standing(engine, key)[0] == state


def test_an_event_told_by_many_at_once_is_taken_once(engine: Engine) -> None:
    key = delivered(engine, **BOTH)
    receipts, gate = Receipts(engine, CHANNELS), threading.Barrier(6)

    def tell(_: int) -> str:
        gate.wait()
        return receipts.take(event(key, "bounced"), "e1", "sms", AT)

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(tell, range(6))) == ["known"] * 5 + ["moved"]


def test_an_unknown_letter_is_told(engine: Engine) -> None:
    with pytest.raises(Refusal) as refusal:
        Receipts(engine, CHANNELS).take(event("f" * 64, "opened"), "e1", "email", AT)
    assert refusal.value.reason.code == "receipt.unknown_letter"


def test_a_mail_that_came_back_is_a_receipt(engine: Engine) -> None:
    key = delivered(engine)
    found = read_bounce(returned(message_id(key)))
    assert found.event
    receipts = Receipts(engine, CHANNELS)
    assert receipts.take(found.event, found.event_id, "email", AT) == "given_up"
    assert receipts.take(found.event, found.event_id, "email", AT) == "known"
    (row,) = LetterViews(engine).receipts(key)
    assert (row.kind, row.detail) == ("bounced", "5.1.1 smtp; 550 5.1.1 no such user")


# The webhook


def signed(body: bytes, event_id: str = "msg_1", at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signature = Webhook(secret).sign(event_id, at, body.decode())
    stamp = str(int(at.timestamp()))
    return {"webhook-id": event_id, "webhook-timestamp": stamp, "webhook-signature": signature}


async def test_a_gateway_tells_in_signed_webhooks_each_event_once(engine: Engine) -> None:
    counter = Counter(engine, datetime.now(UTC), projects=1)
    body = json.dumps({"letter": counter.key, "kind": "opened", "detail": "on a phone"}).encode()
    said = []
    for event_id in ("msg_1", "msg_1", "msg_2"):
        told = await counter.client.post("/hooks/receipts/gateway", content=body, headers=signed(body, event_id))
        said.append((told.status_code, told.json()["status"]))
    assert said == [(200, "recorded"), (200, "known"), (200, "recorded")]
    assert [row.channel for row in LetterViews(engine).receipts(counter.key)] == ["gateway", "gateway"]


async def test_what_is_not_signed_now_by_somebody_who_knows_the_secret_is_refused(engine: Engine) -> None:
    counter = Counter(engine, datetime.now(UTC), projects=1)
    body = json.dumps({"letter": counter.key, "kind": "opened"}).encode()
    now, good = datetime.now(UTC), signed(body)
    other = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
    wrong: list[dict[str, str]] = [
        {},
        signed(body, secret=other),
        signed(body + b" "),
        signed(body, at=now - timedelta(minutes=6)),
        signed(body, at=now + timedelta(minutes=6)),
        {**good, "webhook-id": "msg_2"},
        {**good, "webhook-signature": "v1"},
        {**good, "webhook-signature": "v1,%%%"},
        {**good, "webhook-signature": "v1,AAAA"},
        {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v1a,")},
        {**good, "webhook-timestamp": "soon"},
        {**good, "webhook-timestamp": "1e400"},
    ]
    for headers in wrong:
        told = await counter.client.post("/hooks/receipts/gateway", content=body, headers=headers)
        assert (told.status_code, told.json()) == (401, {"status": "not_verified"}), headers
    assert LetterViews(engine).receipts(counter.key) == []


async def test_what_a_gateway_says_wrongly_is_told(engine: Engine) -> None:
    counter = Counter(engine, datetime.now(UTC), projects=1)
    good = {"letter": counter.key, "kind": "opened"}
    cases: list[tuple[str, bytes, int]] = [
        ("nobody", json.dumps(good).encode(), 404),
        ("email", json.dumps(good).encode(), 404),
        ("gateway", json.dumps({**good, "letter": "e" * 64}).encode(), 404),
        ("gateway", json.dumps({**good, "letter": "'; DROP TABLE"}).encode(), 422),
        ("gateway", json.dumps({**good, "kind": "eaten"}).encode(), 422),
        ("gateway", json.dumps({**good, "more": 1}).encode(), 422),
        ("gateway", b"[]", 422),
        ("gateway", b"{", 422),
        ("gateway", b"x" * (LARGEST_BODY + 1), 413),
    ]
    for channel, body, status in cases:
        told = await counter.client.post(f"/hooks/receipts/{channel}", content=body, headers=signed(body))
        assert told.status_code == status, body[:80]
    broken = b"\xff\xfe"
    told = await counter.client.post("/hooks/receipts/gateway", content=broken, headers=signed(b"x"))
    assert told.status_code == 401
    assert LetterViews(engine).receipts(counter.key) == []
