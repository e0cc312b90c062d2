"""An attendant asks the facts himself and says who it is. [rule 2: three registration facts, the CPF among them]"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from backend import beneficiaries
from backend.errors import InvalidInput, Taken
from backend.identity import verbs
from backend.identity.rules import FACTS_NEEDED
from backend.protocols import verbs as protocols
from handoff.desk.hand import Hand

# What may be asked, as attendants read it.
FACTS = {
    "cpf": "CPF",
    "birth_date": "Data de nascimento",
    "mother_name": "Nome da mãe",
    "full_name": "Nome completo",
    "card": "Carteirinha",
}


def check_facts(facts: Collection[str]) -> None:
    """InvalidInput unless three known facts were confirmed, the CPF among them. Pure. [rule 2]"""
    confirmed = set(facts)
    if "cpf" not in confirmed or len(confirmed) < FACTS_NEEDED or not confirmed <= FACTS.keys():
        raise InvalidInput("Confirme pelo menos três dados, o CPF entre eles.", detail="facts of a vouching")


async def vouch(hand: Hand, *, beneficiary_id: UUID, facts: Collection[str], seen: str) -> None:
    """Verifies a person on the attendant's word; which facts he confirmed is kept, not what was said.

    The conversation's open protocols that are about nobody yet become his. Taken where somebody else was verified
    since the form was made (`seen` is the id that it showed).
    """
    check_facts(facts)
    person = await beneficiaries.get(hand.session, beneficiary_id)
    if not await hand.first_time("console.vouch", beneficiary=str(person.id), facts=sorted(set(facts))):
        return
    verified = hand.identity.beneficiary
    if str(verified.id if verified else "") != seen:
        raise Taken("Alguém foi identificado nesta conversa enquanto você conferia. Confira de novo.", detail="vouch")
    await verbs.vouch(
        hand.session, conversation_id=hand.conversation.id, beneficiary=person, actor=hand.actor, now=hand.now
    )
    for protocol in await protocols.of_conversation(hand.session, hand.conversation.id, open_only=True):
        if protocol.beneficiary_id is None:
            await protocols.identify(
                hand.session, protocol=protocol, beneficiary_id=person.id, actor=hand.actor, now=hand.now
            )
