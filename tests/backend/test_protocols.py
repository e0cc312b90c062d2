"""Protocol numbers never repeat, whichever process hands them out, midnight included. [processes.md, rule 1]"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from backend.actor import ASSISTANT
from backend.errors import InvalidInput
from backend.identifiers import ProtocolNumber
from backend.protocols import verbs
from backend.protocols.kinds import KINDS
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TAKE = """
import asyncio, sys
from datetime import date, timedelta
from backend.store.engine import Store
from backend.protocols.verbs import take_number

async def main():
    store = Store(sys.argv[1], pool_size=10)
    async def writer(number):
        return [str(await take_number(store, day=date(2026, 11, 22) + timedelta(days=turn // 10))) for turn in range(20)]
    for numbers in await asyncio.gather(*(writer(n) for n in range(10))):
        print("\\n".join(numbers))
    await store.close()

asyncio.run(main())
"""


def test_fifty_writers_in_five_processes_across_midnight_never_get_the_same_number(clean_database: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", TAKE, clean_database], stdout=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    numbers = [line for process in processes for line in process.communicate()[0].split()]
    assert len(numbers) == 50 * 20
    assert len(set(numbers)) == len(numbers)
    for day in ("20261122", "20261123"):
        of_day = sorted(number for number in numbers if number[6:14] == day)
        assert of_day == [f"999999{day}{sequence:06d}" for sequence in range(1, 501)], "no gap and no repetition"


def test_a_number_is_registration_day_and_sequence_and_is_found_in_what_people_write() -> None:
    number = ProtocolNumber.compose("406414", date(2022, 9, 23), 69)
    assert str(number) == "40641420220923000069"
    assert ProtocolNumber.find("meu protocolo é 406414 20220923 000069, pode ver?") == number
    assert ProtocolNumber.find("123") is None


@pytest.mark.parametrize(("registration", "sequence"), [("12345", 1), ("123456", 0), ("123456", 1_000_000)])
def test_a_number_that_cannot_be_is_refused(registration: str, sequence: int) -> None:
    with pytest.raises(InvalidInput):
        ProtocolNumber.compose(registration, date(2026, 1, 1), sequence)


async def test_the_same_request_key_opens_one_protocol_however_often_it_is_tried(store: Store) -> None:
    conversation = uuid4()

    async def once() -> str:
        async with store.unit_of_work() as session:
            protocol = await verbs.open_protocol(
                session, store, kind=KINDS["appointment"], request_key="turn:action:1", conversation_id=conversation,
                beneficiary_id=None, actor=ASSISTANT, now=NOW,
            )  # fmt: skip
            return protocol.number

    numbers = await asyncio.gather(*(once() for _ in range(8)))
    assert len(set(numbers)) == 1
    async with store.unit_of_work() as session:
        [protocol] = await verbs.of_conversation(session, conversation)
        assert [entry.step for entry in await verbs.history(session, protocol.id)] == ["opened"]


def test_the_term_ends_with_the_last_business_day_in_local_time() -> None:
    due = verbs.due_at(KINDS["appointment"], NOW)
    assert due == datetime(2026, 12, 1, 2, 59, 59, tzinfo=UTC)  # 30 November in São Paulo
    assert verbs.due_at(KINDS["emergency"], NOW) - NOW == timedelta(0)
