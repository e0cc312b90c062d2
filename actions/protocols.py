"""Where a protocol stands: told to whoever opened it here, or to the person whom it is about."""

from __future__ import annotations

from datetime import datetime

from actions.edge import ZeloAction
from actions.process import put_aside
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.identifiers import ProtocolNumber
from backend.identity.verbs import verified_person
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol
from backend.store.clock import local

STATES = {"open": "em andamento", "waiting": "em espera", "closed": "concluído"}
STEPS = {
    "opened": "pedido registrado",
    "details": "informações recebidas",
    "closed": "encerrado",
    "reply": "resposta registrada",
    "waiting": "em espera",
    "booked": "consulta marcada",
    "moved": "consulta remarcada",
    "cancelled": "consulta cancelada",
    "confirmed": "presença confirmada",
    "no_vacancy_in_time": "em busca de vaga dentro do prazo da ANS",
}
MOST_TOLD = 3


class ProtocolStatus(ZeloAction):
    """Answers at once what this conversation opened; everything else after the person is identified. [rule 2]"""

    called = "action_protocol_status"

    async def act(self, talk: Talk) -> None:
        """Tells, or asks who it is first."""
        talk.announce()
        number = ProtocolNumber.find(talk.text)
        here = await protocols.of_conversation(talk.session, talk.conversation_id)
        own = [protocol for protocol in here if number is None or protocol.number == str(number)]
        if own:
            await tell(talk, own[-MOST_TOLD:])
            return
        person = await verified_person(talk.session, conversation_id=talk.conversation_id, now=talk.now)
        talk.remember(asked_protocol=str(number) if number else None)
        if person is not None:
            await tell_person(talk, person, number)
            return
        talk.remember(
            paused_requests=put_aside(talk, "protocol_status"), pending_request="protocol_status",
            pending_protocol=None, identity_result=None, identity_hint=None,
        )  # fmt: skip
        talk.state.clear()
        talk.follow_up("identity_form")


async def tell_person(talk: Talk, person: Beneficiary, number: ProtocolNumber | None) -> None:
    """A verified person's protocols: the one that was asked about, or the latest."""
    if number is not None:
        found = await protocols.by_number(talk.session, number)
        if found is None or found.beneficiary_id != person.id:
            talk.say("protocol_not_yours", number=str(number))
            return
        await tell(talk, [found])
        return
    latest = await protocols.of_beneficiary(talk.session, person.id, limit=MOST_TOLD)
    if latest:
        await tell(talk, list(latest)[::-1])
    else:
        talk.say("protocol_none")


async def tell(talk: Talk, found: list[Protocol]) -> None:
    """One message for each protocol, then what can be done next."""
    for protocol in found:
        lines = await protocols.history(talk.session, protocol.id)
        last = lines[-1]
        talk.say(
            "protocol_state", number=protocol.number, title=protocols.kind_of(protocol).title,
            state=STATES.get(protocol.state, protocol.state), step=STEPS.get(last.step, last.step),
            when=f"{local(last.at):%d/%m/%Y às %H:%M}", deadline=deadline(protocol, talk.now),
        )  # fmt: skip
    talk.say("protocol_more")


def deadline(protocol: Protocol, now: datetime) -> str:
    """The deadline as a sentence. Pure."""
    if protocol.state == "closed":
        return f"Encerrado em {local(protocol.closed_at or now):%d/%m/%Y}."
    kind = protocols.kind_of(protocol)
    if kind.days == 0:
        return "Prazo: atendimento imediato."
    shown = f"{local(protocol.due_at):%d/%m/%Y}"
    return f"O prazo era {shown}: está atrasado." if now > protocol.due_at else f"Prazo: até {shown}."
