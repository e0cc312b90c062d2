"""A whole campaign over the simulator with everything that goes wrong.

Servers, web, simulator and two workers run as in production; nobody answers, so the assistant is not needed. The
benchmark runs it with 5,000 people, a test with a few; `tests.campaign_compare` compares what all of them saw.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import UUID

import psycopg
from openpyxl import Workbook

from backend.actor import attendant
from backend.calendar import is_business_day
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import verbs
from backend.delinquency.lists import verbs as lists
from backend.demo.invented import cpf
from backend.papers.layout import printed_cpf
from backend.settings import settings
from backend.store.clock import business_now, local
from backend.store.embedded import wait_for_port
from backend.store.engine import Store
from handoff.cli.content import register_content
from tests.stack import Stack, configured, eventually

COORDINATOR = attendant("coordinator")
WORKERS = ("worker", "worker.1")
DAYS_LATE = (80, 50)
DIGITS = ("Zé", "Ana", "Bia", "Caio", "Davi", "Eva", "Fábio", "Gil", "Hugo", "Ivo")
# Of fifty people: one whose messages fail with 63016, one whose telephone blocks us (63024), one with a second
# telephone beside a blocked one, one who pays in the first evening.
GROUP, REFUSED, BLOCKED, SECOND, PAYS = 50, 1, 2, 3, 4
STILL = 2.0  # seconds without a message: the hour's share is used up
PATIENCE = 1200.0

SENT = "SELECT count(*) FROM outbox WHERE sid IS NOT NULL"
SETTLED = "SELECT count(*) = 0 FROM outbox WHERE state IN ('ready', 'sending', 'unsure')"
READ = "SELECT state = 'read' FROM campaign"
ENDED = "SELECT state = 'ended' FROM campaign"
ONCE = "SELECT count(*) = 0 FROM campaign_row WHERE state = 'waiting' AND attempts = 0"
NOBODY_DUE = "SELECT count(*) = 0 FROM campaign_row WHERE state IN ('waiting', 'calling') AND next_at <= business_now()"
KNOWN = (
    "SELECT count(*) = 0 FROM contact_attempt a JOIN message m ON m.id = a.message_id"
    " WHERE NOT a.settled AND m.delivery NOT IN ('delivered', 'read', 'failed', 'undelivered')"
)
PAY = (
    "UPDATE invoice SET state = 'paid', paid_on = due_on, paid_amount = amount FROM beneficiary b"
    " WHERE b.contract_id = invoice.contract_id AND b.cpf = ANY(%s)"
)
NOT_CALLED = "SELECT cpf FROM campaign_row WHERE attempts = 0 AND cpf = ANY(%s)"


def number(order: int, *, second: bool = False) -> str:
    """A person's telephone, E.164."""
    return f"+559{8 if second else 9}97{order:07d}"


def name(order: int) -> str:
    """An invented name; no two alike."""
    return "Pessoa " + " ".join(DIGITS[int(digit)] for digit in f"{order:04d}")


@contextmanager
def settings_of(stack: Stack) -> Iterator[None]:
    """This process sees the settings of the stack's processes."""
    before = dict(os.environ)
    os.environ.update({key: value for key, value in stack.environment.items() if key.startswith("ZELO_")})
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


def start(stack: Stack) -> None:
    """Everything but the assistant: nobody writes."""
    stack.start("simulator")
    wait_for_port("127.0.0.1", stack.ports["simulator"], 30)
    stack.environment["ZELO_TEMPLATE_SIDS"] = json.dumps(register_content(configured(stack)))
    stack.start("web")
    wait_for_port("127.0.0.1", stack.ports["web"], 60)
    for worker in WORKERS:
        stack.start(worker, "worker")


@dataclass
class Run:
    """One campaign from the upload of its list to its end.

    `shifts`: moments of the real clock, and by how many seconds business time was ahead from then on. `never`: CPFs of
    who paid before anybody called.
    """

    stack: Stack
    people: int
    say: Callable[[str], object] = print
    shifts: list[tuple[float, float]] = field(default_factory=list)
    never: set[str] = field(default_factory=set)
    campaign_id: UUID | None = None

    @property
    def plan(self) -> Plan:
        """Two attempts a day apart; at most four tenths of the people in six minutes."""
        return Plan(an_hour=self.people * 4, attempts=2, interval_days=1, pauses=("12:00-13:00",))

    def run(self) -> None:
        """Carries it out, two mornings and an evening, with workers killed twice."""
        first = self._working_day(datetime.now(UTC), 10)
        self.clock(first)
        self._load(local(first).date())
        asyncio.run(self._begin())
        self._misbehave()
        self._until(lambda: self._sent() >= 0.2 * self.people, "a fifth sent")
        self._kill()
        self._until(lambda: self._sent() >= 0.35 * self.people, "a third sent")
        self._end_of_day(first)
        self._pay()
        self.clock(self._working_day(first, 9))
        self._until(lambda: self._sent() >= 0.85 * self.people, "most of them sent")
        self._kill()
        self._until(lambda: self._is(ONCE), "everybody called once")
        self.say(f"everybody called once: {self._sent()} messages")
        self._to_the_end()
        self.say(f"over: {self._sent()} messages")

    def clock(self, moment: datetime) -> None:
        """Moves business time; the simulator's stays."""
        real = time.time()
        ahead = moment.timestamp() - real
        self.stack.run(
            "INSERT INTO clock_offset (only_row, seconds) VALUES (true, %s)"
            " ON CONFLICT (only_row) DO UPDATE SET seconds = excluded.seconds", ahead,
        )  # fmt: skip
        self.shifts.append((real, ahead))

    def business(self, real: float) -> datetime:
        """What business time was at a moment of the real clock."""
        ahead = next(lead for since, lead in reversed(self.shifts) if since <= real)
        return datetime.fromtimestamp(real + ahead, UTC)

    # -- what happens

    def _load(self, today: date) -> None:
        """People with contracts, telephones and two unpaid invoices each."""
        with psycopg.connect(self.stack.database_url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO plan (code, name, ans_code, coverage, accommodation, area)"
                           " VALUES ('p', 'Plano', '1', '', '', '')")  # fmt: skip
            cursor.execute(
                "INSERT INTO contract (id, number, kind, plan_code, signed_on)"
                " SELECT gen_random_uuid(), 'c' || lpad(n::text, 6, '0'), 'individual', 'p', '2025-01-02'"
                " FROM generate_series(0, %s) n", (self.people - 1,),
            )  # fmt: skip
            people = [(name(n), name(n).lower(), cpf(n), f"{n:014d}", f"c{n:06d}") for n in range(self.people)]
            cursor.executemany(
                "INSERT INTO beneficiary (id, full_name, folded_name, cpf, birth_date, mother_name, card_number,"
                " standing, contract_id, joined_on) SELECT gen_random_uuid(), %s, %s, %s, '1980-01-01',"
                " 'Mãe Inventada', %s, 'holder', id, '2025-01-02' FROM contract WHERE number = %s", people,
            )  # fmt: skip
            phones = [(number(n), cpf(n)) for n in range(self.people)]
            phones += [(number(n, second=True), cpf(n)) for n in self._group(SECOND)]
            cursor.executemany("INSERT INTO beneficiary_phone SELECT id, %s FROM beneficiary WHERE cpf = %s", phones)
            for place, late in enumerate(DAYS_LATE, 1):
                cursor.execute(
                    "INSERT INTO invoice (id, contract_id, billing_month, due_on, amount)"
                    " SELECT gen_random_uuid(), id, make_date(2026, %s, 1), %s, 500 FROM contract",
                    (place, today - timedelta(days=late)),
                )
            cursor.execute("ANALYZE")

    async def _begin(self) -> None:
        """The list is uploaded, read by a worker, and its plan approved."""
        store = Store(self.stack.database_url)
        async with store.unit_of_work() as session:
            now = await business_now(session)
            campaign = await lists.upload(
                session, name="Campanha inteira", content=self._list(), file_name="lista.xlsx", actor=COORDINATOR,
                now=now,
            )  # fmt: skip
            guessed = {key: place if isinstance(place, int) else None for key, place in campaign.columns.items()}
            await lists.confirm_columns(session, campaign=campaign, columns=guessed, actor=COORDINATOR, now=now)
            self.campaign_id = campaign.id
        await asyncio.to_thread(self._until, lambda: self._is(READ), "the list read")
        began = time.perf_counter()
        async with store.unit_of_work() as session:
            campaign = await verbs.get(session, self.campaign_id)
            now = await business_now(session)
            await verbs.approve(
                session, campaign=campaign, plan=self.plan, stated=True, actor=COORDINATOR, now=now
            )  # fmt: skip
        self.say(f"approved in {time.perf_counter() - began:.1f} s")
        await store.close()

    def _list(self) -> bytes:
        made = Workbook()
        sheet = made.worksheets[0]
        sheet.append(["Nome completo", "CPF", "Valor em aberto", "Dias de atraso"])
        for order in range(self.people):
            sheet.append([name(order), printed_cpf(cpf(order)), 1000, max(DAYS_LATE)])
        written = BytesIO()
        made.save(written)
        return written.getvalue()

    def _misbehave(self) -> None:
        few = max(self.people // 100, 2)
        self.stack.faults(
            seed=7,
            callbacks={"drop": 0.2, "double": 0.1, "shuffle": True},
            async_error={number(n): 63016 for n in self._group(REFUSED)},
            blocked=[number(n) for n in (*self._group(BLOCKED), *self._group(SECOND))],
            sends={"count": few, "status": 429, "code": 63018, "retry_after": 0.3},
            accept_then_drop=few,
            drop_before_accept=few,
        )

    def _kill(self) -> None:
        self.say(f"both workers killed after {self._sent()} messages")
        for worker in WORKERS:
            self.stack.kill(worker)
        for worker in WORKERS:
            self.stack.start(worker, "worker")
        few = max(self.people // 100, 2)
        self.stack.faults(sends={"count": few, "status": 429, "code": 20429, "retry_after": 0.2}, accept_then_drop=few)

    def _end_of_day(self, day: datetime) -> None:
        """The day's last minutes in the midst of sending, then the evening: nothing leaves until the morning."""
        self.clock(local(day).replace(hour=17, minute=58, second=50))
        eventually(lambda: local(self._now()).minute == 59, seconds=30, what="the last minute")
        eventually(lambda: self._is(SETTLED), seconds=PATIENCE, what="nothing on its way")
        self.clock(local(day).replace(hour=18, minute=0, second=1))
        before = self._sent()
        time.sleep(STILL)
        assert self._sent() == before, "a message left after the hours"
        self.say(f"{before} messages when the day was over")

    def _pay(self) -> None:
        """Some pay in the evening; those who were not called yet must never be."""
        paying = [cpf(n) for n in self._group(PAYS)]
        self.stack.run(PAY, paying)
        self.never = {row[0] for row in self.stack.rows(NOT_CALLED, paying)}

    def _to_the_end(self) -> None:
        """Day after day until the last interval is over; each begins when what became of all messages is known."""
        while not self._is(ENDED):
            self._until(lambda: self._is(SETTLED) and self._is(NOBODY_DUE), "the day's calls")
            self.clock(self._now() + timedelta(minutes=5))
            eventually(lambda: self._is(KNOWN), seconds=PATIENCE, what="every delivery known")
            self.say("what became of each is known")
            self.clock(self._working_day(self._now(), 9))
            eventually(lambda: self._is(ENDED) or not self._is(SETTLED) or self._is(NOBODY_DUE), seconds=PATIENCE)

    def _until(self, done: Callable[[], bool], what: str) -> None:
        """Waits; where nothing leaves any more because the six minutes' share is used up, these pass."""
        seen, since = -1, time.monotonic()

        def look() -> bool:
            nonlocal seen, since
            if done():
                return True
            if (sent := self._sent()) != seen:
                seen, since = sent, time.monotonic()
            elif time.monotonic() - since > STILL and self.campaign_id is not None and self._is(SETTLED):
                self.clock(self._now() + timedelta(minutes=7))
                since = time.monotonic()
            return False

        eventually(look, seconds=PATIENCE, what=what)

    # -- looking

    def _group(self, which: int) -> range:
        return range(which, self.people, GROUP)

    def _working_day(self, after: datetime, hour: int) -> datetime:
        day = local(after) + timedelta(days=1)
        while not is_business_day(day.date(), state=settings().holiday_state):
            day += timedelta(days=1)
        return day.replace(hour=hour, minute=0, second=0, microsecond=0)

    def _sent(self) -> int:
        return int(self.stack.rows(SENT)[0][0])

    def _is(self, query: str) -> bool:
        return bool(self.stack.rows(query)[0][0])

    def _now(self) -> datetime:
        moment = self.stack.rows("SELECT business_now()")[0][0]
        assert isinstance(moment, datetime)
        return moment
