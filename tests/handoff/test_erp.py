"""What changed is told to the ERP: signed, in order, once under one id, until it has taken it."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from backend import erp as changes
from backend.actor import SYSTEM
from backend.erp import ErpChange
from backend.errors import InvalidInput
from backend.settings import Settings
from backend.store.engine import Store
from handoff.dispatch import erp as dispatch
from handoff.dispatch.erp import FIRST_PAUSE, LONGEST_PAUSE, LONGEST_WISH, MOST_REFUSALS, ErpMessenger, wish_of
from tests.handoff.erp_rig import SECRET, Erp, Received

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
VALUES = {"street": "Rua das Flores, 10", "city": "São Luís", "monthly_amount": "389.90"}
LATER = text("UPDATE erp_change SET next_try_at = clock_timestamp() WHERE state = 'ready'")


@pytest.fixture
def erp() -> Iterator[Erp]:
    with Erp().running() as running:
        yield running


@asynccontextmanager
async def messenger(store: Store, erp: Erp, **more: Any) -> AsyncIterator[ErpMessenger]:
    made = ErpMessenger(store, Settings(erp_webhook_url=erp.url, erp_webhook_secret=SECRET), **more)
    try:
        yield made
    finally:
        await made.close()


async def publish(store: Store, change: str, subject: str = "1", **more: Any) -> None:
    async with store.unit_of_work() as session:
        await changes.publish(
            session, kind="registration.updated", subject=("beneficiary", subject), values=more or VALUES,
            change_key=change, now=NOW,
        )  # fmt: skip


@pytest.fixture
async def worker(store: Store, erp: Erp) -> AsyncIterator[ErpMessenger]:
    """A worker's, for which an hour passes between two looks at the clock: it never rests."""
    async with messenger(store, erp, clock=count(step=3600).__next__) as made:
        yield made


async def send_again(store: Store, worker: ErpMessenger) -> bool:
    """Time passes until everything that waits is due, and the worker tries one of it."""
    async with store.unit_of_work() as session:
        await session.execute(LATER)
    return await worker.send_due()


async def rows(store: Store) -> list[ErpChange]:
    async with store.sessions() as session:
        return list(await session.scalars(select(ErpChange).order_by(ErpChange.id)))


async def seconds_until(store: Store, row: ErpChange) -> float:
    async with store.sessions() as session:
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return (row.next_try_at - now).total_seconds()  # type: ignore[no-any-return]


async def test_a_change_arrives_with_its_id_its_subject_and_its_values(
    store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a")
    assert await worker.send_due()
    assert not await worker.send_due()
    [row] = await rows(store)
    [got] = erp.received
    assert got.told == {
        "id": row.id, "kind": "registration.updated", "made_at": "2026-11-22T12:00:00Z",
        "subject": {"kind": "beneficiary", "id": "1"}, "values": VALUES,
    }  # fmt: skip
    assert got.headers["content-type"] == "application/json"
    assert got.headers["x-zelo-delivery"] == str(row.id)
    assert (row.state, row.problem) == ("sent", "")
    assert row.sent_at is not None


async def test_a_change_is_noted_once_for_its_key(store: Store) -> None:
    await publish(store, "a")
    await publish(store, "a")
    assert len(await rows(store)) == 1


async def test_a_change_that_was_undone_tells_nobody(store: Store, erp: Erp, worker: ErpMessenger) -> None:
    async with store.sessions() as session:
        await changes.publish(session, kind="x.y", subject=("x", 1), values={}, change_key="a", now=NOW)
        await session.rollback()
    assert not await worker.send_due()
    assert erp.received == []


# The signature, by code that is not ours


def recipe() -> Any:
    """What docs/api.md gives to who receives: a function that says whether a call is ours."""
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    given: dict[str, Any] = {}
    exec(code, given)  # noqa: S102 (our own guide)
    return given["is_from_zelo"]


async def test_the_guides_recipe_accepts_what_is_ours_and_nothing_else(
    store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a")
    await worker.send_due()
    [got] = erp.received
    is_from_zelo, at = recipe(), int(got.headers["x-zelo-timestamp"])
    stamp, signed = got.headers["x-zelo-timestamp"], got.headers["x-zelo-signature"]
    assert is_from_zelo(SECRET, stamp, signed, got.body, now=at)
    assert not is_from_zelo(SECRET, stamp, signed, got.body + b" ", now=at)
    assert not is_from_zelo(SECRET, str(at + 1), signed, got.body, now=at)
    assert not is_from_zelo("another", stamp, signed, got.body, now=at)
    assert not is_from_zelo(SECRET, stamp, "", got.body, now=at)
    assert not is_from_zelo(SECRET, stamp, signed, got.body, now=at + 3600), "an old one, sent again by somebody else"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on the path")
async def test_openssl_computes_the_same_signature(store: Store, erp: Erp, worker: ErpMessenger) -> None:
    await publish(store, "a")
    await worker.send_due()
    [got] = erp.received
    signed = got.headers["x-zelo-timestamp"].encode() + b"." + got.body
    answer = await asyncio.to_thread(
        subprocess.run, ["openssl", "dgst", "-sha256", "-hmac", SECRET], input=signed, capture_output=True, check=True
    )
    assert got.headers["x-zelo-signature"] == "sha256=" + answer.stdout.decode().split()[-1]


# Once, and in order


async def test_a_worker_that_dies_before_it_notes_the_answer_has_it_sent_again_under_the_same_id(
    store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a")
    async with messenger(store, erp) as dying:

        async def die(*_: object) -> None:
            raise KeyboardInterrupt

        dying._note = die  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            await dying.send_due()
    assert [row.state for row in await rows(store)] == ["ready"]
    assert not await worker.send_due(), "not while the first might still be under way"
    assert await send_again(store, worker)
    first, second = erp.received
    assert first.headers["x-zelo-delivery"] == second.headers["x-zelo-delivery"]
    assert first.body == second.body
    assert [row.state for row in await rows(store)] == ["sent"]


async def test_a_later_change_of_a_subject_waits_for_the_earlier_and_others_do_not(
    store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    for key, subject in (("a", "1"), ("b", "1"), ("c", "2")):
        await publish(store, key, subject, key=key)
    erp.status = 503
    await worker.send_due()
    erp.status = 204
    assert await worker.send_due()
    assert not await worker.send_due()
    assert keys(erp.received) == ["a", "c"]
    await send_again(store, worker)
    await worker.send_due()
    assert keys(erp.received) == ["a", "c", "a", "b"]


async def test_what_was_refused_for_good_does_not_stop_the_later_changes(
    store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a", key="a")
    await publish(store, "b", key="b")
    erp.status = 422
    for _ in range(MOST_REFUSALS):
        assert await send_again(store, worker)
    erp.status = 204
    assert await send_again(store, worker)
    assert [row.state for row in await rows(store)] == ["failed", "sent"]


async def test_changes_of_one_subject_take_their_ids_in_the_order_of_their_commits(store: Store) -> None:
    async with store.sessions() as first:
        given: dict[str, Any] = {"kind": "x.y", "subject": ("x", 1), "values": {}, "now": NOW}
        await changes.publish(first, change_key="first", **given)
        async with store.sessions() as second:
            later = asyncio.create_task(changes.publish(second, change_key="second", **given))
            other = asyncio.create_task(publish(store, "other", "2"))
            await other
            assert not later.done(), "it waits for the first's transaction; another subject's does not"
            await first.commit()
            await later
            await second.commit()
    made = {row.change_key: row.id for row in await rows(store)}
    assert made["first"] < made["second"]


async def test_several_workers_share_what_is_due(store: Store, erp: Erp, worker: ErpMessenger) -> None:
    for number in range(12):
        await publish(store, str(number), str(number % 3), key=str(number))

    async def work() -> None:
        async with messenger(store, erp) as one:
            while await one.send_due():
                pass

    await asyncio.gather(*(work() for _ in range(3)))
    while await worker.send_due():  # the last of a subject may have waited while its earlier one was under way
        pass
    got = keys(erp.received)
    assert sorted(got, key=int) == [str(number) for number in range(12)]
    for subject in range(3):
        assert [key for key in got if int(key) % 3 == subject] == [str(n) for n in range(subject, 12, 3)]


def keys(received: list[Received]) -> list[str]:
    return [got.told["values"]["key"] for got in received]


# What did not go well


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
async def test_the_erps_trouble_is_waited_out_without_end(
    status: int, store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a")
    erp.status = status
    for _ in range(MOST_REFUSALS + 2):
        assert await send_again(store, worker)
    [row] = await rows(store)
    assert (row.state, row.problem) == ("ready", f"http_{status}")
    erp.status = 200
    assert await send_again(store, worker)
    assert (await rows(store))[0].state == "sent"


async def test_an_erp_that_is_away_is_waited_for_with_growing_pauses(store: Store) -> None:
    away = Erp(url="http://127.0.0.1:9/")
    await publish(store, "a")
    pauses = []
    async with messenger(store, away, clock=count(step=3600).__next__) as worker:
        for _ in range(9):
            assert await send_again(store, worker)
            [row] = await rows(store)
            pauses.append(await seconds_until(store, row))
    assert (row.state, row.problem) == ("ready", "ConnectError")
    expected = [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE).total_seconds() for n in range(9)]
    assert all(wanted - 10 < pause <= wanted for pause, wanted in zip(pauses, expected, strict=True))


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 422])
async def test_what_is_refused_again_and_again_is_given_up_and_shown(
    status: int, store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a")
    erp.status, erp.headers = status, {"Location": f"{erp.url}/elsewhere"}
    for _ in range(MOST_REFUSALS):
        assert [row.state for row in await rows(store)] == ["ready"]
        assert await send_again(store, worker)
    [row] = await rows(store)
    assert (row.state, row.problem, len(erp.received)) == ("failed", f"refused_{status}", MOST_REFUSALS)
    assert b"GET" not in [got.body for got in erp.received], "no redirect is followed"
    async with store.unit_of_work() as session:
        assert await changes.standing(session) == changes.Standing(waiting=0, oldest=None, failed=1)
        assert await changes.send_again(session, actor=SYSTEM, now=NOW) == 1
    erp.status = 204
    assert await worker.send_due()
    assert erp.received[-1].headers["x-zelo-delivery"] == str(row.id)


async def test_refusals_after_long_trouble_are_counted_from_the_first(
    store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a")
    erp.status = 503
    for _ in range(MOST_REFUSALS + 1):
        await send_again(store, worker)
    erp.status = 404
    for _ in range(MOST_REFUSALS - 1):
        await send_again(store, worker)
        assert [row.state for row in await rows(store)] == ["ready"]
    await send_again(store, worker)
    assert [row.state for row in await rows(store)] == ["failed"]


async def test_the_erp_says_when_to_come_again_and_everything_waits(store: Store, erp: Erp) -> None:
    await publish(store, "a", "1")
    await publish(store, "b", "2")
    erp.status, erp.headers = 429, {"Retry-After": "900"}
    clock = [1000.0]
    async with messenger(store, erp, clock=lambda: clock[0]) as one:
        assert await one.send_due()
        assert not await one.send_due(), "the other change rests too"
        clock[0] += 899
        assert not await one.send_due()
        clock[0] += 1
        erp.status = 204
        assert await one.send_due()
    [row, _] = await rows(store)
    assert 890 < await seconds_until(store, row) <= 900


@pytest.mark.parametrize(
    ("written", "wish"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta()),
        ("Sun, 22 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", timedelta()),
        ("99999999999999999999", LONGEST_WISH),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WISH),
        ("", None), ("-5", None), ("soon", None), ("1.5", None), ("²", None),
    ],
)  # fmt: skip
def test_a_wish_to_wait_is_read(written: str, wish: timedelta | None) -> None:
    assert wish_of(written, now=NOW) == wish


async def test_an_erp_that_never_answers_holds_nobody_for_ever(
    store: Store, erp: Erp, worker: ErpMessenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    erp.between = lambda: go_on.wait(20) and None  # type: ignore[func-returns-value]
    monkeypatch.setattr(dispatch, "DELIVERY_SECONDS", 0.05)
    await publish(store, "a")
    assert await worker.send_due()
    go_on.set()
    [row] = await rows(store)
    assert (row.state, row.problem) == ("ready", "TimeoutError")


async def test_an_answer_of_any_length_is_not_read_to_its_end(store: Store, erp: Erp, worker: ErpMessenger) -> None:
    erp.status, erp.content = 200, bytes(30_000_000)
    await publish(store, "a")
    assert await worker.send_due()
    assert [row.state for row in await rows(store)] == ["sent"]


async def test_nothing_that_is_logged_says_what_was_told_or_to_whom(
    store: Store, erp: Erp, worker: ErpMessenger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="handoff")
    erp.status = 500
    await publish(store, "a")
    await worker.send_due()
    assert "not taken (http_500)" in caplog.text
    assert all(word not in caplog.text for word in ("Flores", "389", SECRET, "zelo?", "127.0.0.1:"))


# What is configured


async def test_without_an_erp_changes_wait_and_leave_once_there_is_one(
    store: Store, erp: Erp, worker: ErpMessenger
) -> None:
    await publish(store, "a")
    without = ErpMessenger(store, Settings())
    assert not await without.send_due()
    await without.close()
    [row] = await rows(store)
    assert (row.state, row.attempts) == ("ready", 0)
    assert await worker.send_due()


@pytest.mark.parametrize(
    "url", ["http://erp.example/zelo", "ftp://erp.example", "erp.example", "https://", "https://erp.example:port/"]
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="erp webhook url"):
        dispatch.Endpoint.configured(Settings(erp_webhook_url=url, erp_webhook_secret=SECRET))


def test_nothing_is_told_unsigned() -> None:
    with pytest.raises(InvalidInput, match="secret"):
        dispatch.Endpoint.configured(Settings(erp_webhook_url="https://erp.example/zelo"))


@pytest.mark.parametrize(
    "url", ["https://erp.example/zelo", "http://127.0.0.1:9/", "http://localhost/x", "http://[::1]/"]
)
def test_https_and_this_machine_are_taken(url: str) -> None:
    assert dispatch.Endpoint.configured(Settings(erp_webhook_url=url, erp_webhook_secret=SECRET)) is not None
