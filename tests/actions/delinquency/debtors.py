"""Conversations about arrears without Rasa: the demo's people with their invoices, and what may be said to whom."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from sqlalchemy import select

from actions.edge import ZeloAction
from actions.requests import OpenRequest
from backend import demo
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.delinquency.tables import CampaignRow, Notice
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.store.engine import Store
from tests.actions.chatting import Chat, _Message
from tests.actions.test_texts import RESPONSES
from tests.actions.turns import NOW

CARLOS, DEBORA, GILDA, ELZA = "39053344705", "15350946056", "90010010769", "71459364295"
ANA, FABIO, IRENE, KLEBER = "52998224725", "86288366757", "90010012974", "90010024204"
LIVIA, MURILO, NORMA = "90010035320", "90010036482", "90010047506"
PHONES = {CARLOS: "+5598988000003", ELZA: "+5598988000005", NORMA: "+5598988000013", DEBORA: "+5598988000004"}
# What nobody hears before the identity, nor ever as a dependent or a member who is not detached. [rule 3]
FORBIDDEN = re.compile(
    r"financeir|d[ée]bito|d[íi]vida|inadimpl|atras|vencid|fatura|boleto|cobran[çc]|r\$|cancel|pagamento|pagar|mensalidad",
    re.IGNORECASE,
)


async def load(store: Store) -> None:
    """The demo's people and their invoices."""
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        await demo.load_invoices(session, actor=SYSTEM, now=NOW)


def rendered(message: dict[str, Any]) -> str:
    """A message of ours as it is read, its options below it."""
    name = message.get("response")
    text = RESPONSES[name][0]["text"] if name else str(message.get("text") or "")
    values = {key: value for key, value in message.items() if isinstance(value, str | int)}
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    return "\n".join([text, *(button["title"] for button in message.get("buttons") or ())])


class Debtor(Chat):
    """A conversation about arrears; `heard` is all of the last turn as it is read, `turn_id` its id."""

    turn_id = ""

    @property
    def heard(self) -> str:
        return "\n".join(rendered(message) for message in self.messages)

    async def opens_twice(self, text: str, intent: str) -> list[str]:
        """First words whose turn is carried out again, the first answer lost; gives what was said first."""
        message, before = _Message(text, intent), deepcopy(self.turn.slots)
        first = await self._turn(OpenRequest(), message)
        self.turn.slots = before
        await self._turn(OpenRequest(), message)
        return first

    async def _turn(self, action: ZeloAction, message: _Message) -> list[str]:
        self.turn_id = message.turn_id
        return await super()._turn(action, message)

    async def comes(self, cpf: str, *, registered: bool = True) -> None:
        """Identified, from a telephone of the register or of nobody."""
        await self.identify(cpf)
        person = await self.person_id(cpf)
        self.turn.context |= {
            "number": PHONES.get(cpf, "+5598988009999"), "own_number_of": [person] if registered else [],
            "written_at": NOW.isoformat(),
        }  # fmt: skip

    async def notices(self) -> list[Notice]:
        async with self.turn.store.unit_of_work() as session:
            return list(await session.scalars(select(Notice).order_by(Notice.told_at, Notice.id)))

    async def row(self) -> CampaignRow:
        async with self.turn.store.unit_of_work() as session:
            return (await session.scalars(select(CampaignRow))).one()

    async def protocols(self) -> list[tuple[str, str, str]]:
        """(kind, stage, state) of all protocols, oldest first."""
        async with self.turn.store.unit_of_work() as session:
            found = await session.scalars(select(Protocol).order_by(Protocol.number))
            return [(protocol.kind, protocol.stage, protocol.state) for protocol in found]

    async def history(self) -> str:
        """All lines of all histories."""
        async with self.turn.store.unit_of_work() as session:
            return "\n".join(await session.scalars(select(ProtocolEntry.text).order_by(ProtocolEntry.id)))

    async def changes(self, cpf: str, **values: Any) -> None:
        """Sets something in somebody's register."""
        async with self.turn.store.unit_of_work() as session:
            person = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()
            for name, value in values.items():
                setattr(person, name, value)
