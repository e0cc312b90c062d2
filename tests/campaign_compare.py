"""What a campaign's run left behind: the simulator's log, our rows, the sheet and the evidence, compared."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

from openpyxl import load_workbook
from sqlalchemy import select

from backend.delinquency import calling, evidence
from backend.delinquency.campaigns import verbs
from backend.delinquency.lists.filled import filled
from backend.delinquency.tables import DelinquencyCase
from backend.demo.invented import cpf
from backend.store.clock import business_now
from backend.store.engine import Store
from tests.campaign_run import Run, number
from tests.stack import Stack

NOT_MADE = frozenset({"expired", "withdrawn"})
FAILED = frozenset({"failed", "undelivered"})
_LISTED = re.compile(r"(\d)ª tentativa em \d\d/\d\d/\d{4} às \d\d:\d\d: ([^;.]*)")


@dataclass
class Found:
    """What was compared. All but `sent`, `attempts`, `not_made` and `outcomes` have to be 0.

    `twice`: messages too many for an attempt; `lost`: attempts without a message; `unknown`: messages without an
    attempt; `misnumbered`: people whose attempts are not 1, 2, …; `other_state`: messages of whose end the two disagree.
    """

    sent: int = 0
    attempts: int = 0
    not_made: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    twice: int = 0
    lost: int = 0
    unknown: int = 0
    misnumbered: int = 0
    outside_hours: int = 0
    other_state: int = 0
    paid_but_called: int = 0
    sheet_differs: int = 0
    broken_chains: int = 0

    @property
    def wrong(self) -> dict[str, int]:
        """What went wrong, by name; empty where nothing did."""
        figures = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return {
            name: value for name, value in figures.items() if value and name not in {"sent", "attempts", "not_made"}
        }


def compare(run: Run) -> Found:
    """Compares what the simulator took, what we believe, what finance gets and what is proved."""
    sends: list[dict[str, Any]] = run.stack.log()["sends"]
    found = Found(sent=len(sends))
    _attempts(run.stack, found, sends)
    _states(run.stack, found, sends)
    found.outside_hours = sum(
        not calling.may_call(run.plan, run.business(float(send["accepted_at"]))) for send in sends
    )
    assert run.campaign_id is not None
    taken: dict[str, list[str]] = defaultdict(list)
    for send in sends:
        taken[str(send["to"]).removeprefix("whatsapp:")].append(str(send["status"]))
    lines, found.broken_chains = asyncio.run(_sheet_and_chains(run.stack.database_url, run.campaign_id))
    for order, (attempt, remarks) in enumerate(lines):
        statuses = taken[number(order)] + taken[number(order, second=True)]
        found.sheet_differs += not _agrees(attempt, remarks, statuses)
        found.paid_but_called += cpf(order) in run.never and bool(statuses)
    found.sheet_differs += len(lines) != run.people
    return found


def _attempts(stack: Stack, found: Found, sends: Sequence[Mapping[str, Any]]) -> None:
    """Each attempt that was made is one message that Twilio took, and the other way round."""
    rows = stack.rows(
        "SELECT a.campaign_row_id, a.number, a.outcome, o.sid, o.recipient FROM contact_attempt a"
        " JOIN outbox o ON o.message_id = a.message_id"
    )
    made = [row for row in rows if row[2] not in NOT_MADE]
    found.attempts, found.not_made = len(made), len(rows) - len(made)
    taken = {str(send["sid"]) for send in sends}
    found.unknown = len(taken - {row[3] for row in rows})
    found.lost = sum(row[3] not in taken for row in made)
    ours, theirs = Counter(row[4] for row in made), Counter(str(send["to"]) for send in sends)
    found.twice = sum((theirs - ours).values())
    numbers: dict[int, list[int]] = defaultdict(list)
    for row_id, attempt, *_ in made:
        numbers[row_id].append(attempt)
    counted = stack.rows("SELECT id, attempts FROM campaign_row")
    found.misnumbered = sum(sorted(numbers[row_id]) != list(range(1, count + 1)) for row_id, count in counted)
    found.outcomes = dict(stack.rows("SELECT outcome, count(*) FROM campaign_row GROUP BY 1 ORDER BY 2 DESC"))  # type: ignore[arg-type]


def _states(stack: Stack, found: Found, sends: Sequence[Mapping[str, Any]]) -> None:
    """What became of each message is the same here and there, however many callbacks were lost."""
    rows = stack.rows("SELECT sid, delivery, error_code FROM message WHERE sid IS NOT NULL")
    ours = {sid: (delivery, code) for sid, delivery, code in rows}
    found.other_state = sum(ours.get(send["sid"]) != (send["status"], send["error_code"]) for send in sends)


async def _sheet_and_chains(database_url: str, campaign_id: UUID) -> tuple[list[tuple[str, str]], int]:
    """Attempt and remarks of each line of the sheet that finance gets back; how many chains of evidence are broken."""
    store = Store(database_url)
    async with store.sessions() as session:
        campaign = await verbs.get(session, campaign_id)
        content, _ = await filled(session, campaign=campaign, now=await business_now(session), tickets={})
        cases = (await session.scalars(select(DelinquencyCase))).all()
        broken = [case.id for case in cases if not (await evidence.verify(session, case)).intact]
    await store.close()
    lines = load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    header = [str(cell or "").lower() for cell in next(lines)]
    attempt = next(place for place, title in enumerate(header) if "tentativa" in title)
    remarks = next(place for place, title in enumerate(header) if "observa" in title)
    return [(str(line[attempt] or ""), str(line[remarks] or "")) for line in lines], len(broken)


def _agrees(attempt: str, remarks: str, statuses: Sequence[str]) -> bool:
    """Whether a line says as many attempts as the telephones were sent messages, and of the same that they failed."""
    listed = _LISTED.findall(remarks)
    failed = sum(status in FAILED for status in statuses)
    return (
        attempt == (f"{len(statuses)}ª" if statuses else "")
        and [int(place) for place, _ in listed] == list(range(1, len(statuses) + 1))
        and sum("não entregue" in outcome for _, outcome in listed) == failed
    )
