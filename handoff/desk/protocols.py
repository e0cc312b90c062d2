"""Protocols under an attendant's hand, whatever the channel that a person came by. [processes.md, rules 1 and 8]"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.errors import InvalidInput, NotAllowed, Taken
from backend.protocols import replies, verbs
from backend.protocols.kinds import KINDS
from backend.protocols.machines import MACHINES
from backend.protocols.tables import Protocol, ProtocolEntry
from handoff import texts
from handoff.desk.hand import Hand
from handoff.whatsapp.outgoing import Draft

# By which way a person came. The protocol of every one of them is the same. [rule 8]
CHANNELS = {"whatsapp": "WhatsApp", "telephone": "telefone", "counter": "balcão", "email": "e-mail"}
LONGEST = 2000
DECIDE_THERE = "Este pedido termina no quadro: abra a página do protocolo e decida lá."


async def open_new(hand: Hand, *, kind: str, channel: str, text: str, tell: bool) -> None:
    """Opens a protocol for what the verified person, or whoever writes, asks; `tell` says its number here.

    InvalidInput for a kind or channel that does not exist, or a text that is empty.
    """
    if kind not in KINDS or channel not in CHANNELS:
        raise InvalidInput("Escolha o assunto e o canal.", detail="kind or channel")
    words = written(text)
    if not await hand.first_time("console.open_protocol", kind=kind, channel=channel):
        return
    about = hand.identity.speaker
    protocol = await verbs.open_protocol(
        hand.session, hand.store, kind=KINDS[kind], request_key=f"{hand.key}:{kind}",
        conversation_id=hand.conversation.id, beneficiary_id=about.id if about else None, actor=hand.actor,
        now=hand.now,
    )  # fmt: skip
    await hand.write(protocol, "details", f"Por {CHANNELS[channel]}. {words}")
    if tell:
        await hand.say(Draft(texts.spoken("protocol_opened", title=KINDS[kind].title, number=protocol.number)))


async def reply(hand: Hand, *, protocol_id: UUID, seen: int, text: str) -> None:
    """Writes an answer into a protocol (réplica); the person whom it is about is told. [rule 1]"""
    protocol = await _changing(hand, protocol_id, seen)
    words = written(text)
    if not await hand.first_time("console.reply_protocol", protocol=str(protocol_id)):
        return
    await replies.reply(
        hand.session, protocol=protocol, text=words, request_key=hand.key, actor=hand.actor, now=hand.now
    )


async def wait(hand: Hand, *, protocol_id: UUID, seen: int, text: str) -> None:
    """The protocol has to wait for something that is not the person's; the text says for what."""
    protocol = await _changing(hand, protocol_id, seen)
    words = written(text)
    if await hand.first_time("console.wait_protocol", protocol=str(protocol_id)):
        await verbs.set_waiting(hand.session, protocol=protocol, actor=hand.actor, now=hand.now, text=words)


async def close(hand: Hand, *, protocol_id: UUID, seen: int, text: str) -> None:
    """Ends the protocol; the text says how. InvalidInput for a kind that ends by its machine, on its board."""
    protocol = await _changing(hand, protocol_id, seen)
    words = written(text)
    if is_decided_on_a_board(protocol):
        raise InvalidInput(DECIDE_THERE, detail="closed beside its machine")
    if await hand.first_time("console.close_protocol", protocol=str(protocol_id)):
        await verbs.close_protocol(hand.session, protocol=protocol, actor=hand.actor, now=hand.now, text=words)


def is_decided_on_a_board(protocol: Protocol) -> bool:
    """Whether its end is a move of its kind's machine: closed here, the person would hear nothing of it. Pure."""
    return protocol.kind in MACHINES


def written(text: str) -> str:
    """What was typed; InvalidInput where it is empty or too long. Pure."""
    words = text.strip()
    if not words:
        raise InvalidInput("Escreva o texto antes de salvar.", detail="empty text")
    if len(words) > LONGEST:
        raise InvalidInput(f"O texto passa de {LONGEST} caracteres.", detail="long text")
    return words


def newest(history: Sequence[ProtocolEntry]) -> int:
    """The number of a history's last line: what a form has seen. Pure."""
    return history[-1].id if history else 0


async def _changing(hand: Hand, protocol_id: UUID, seen: int) -> Protocol:
    """The protocol, locked; Taken where somebody wrote into it since the form was made, or it is closed.

    NotAllowed for one that is neither this conversation's nor the verified person's.
    """
    protocol = await verbs.get(hand.session, protocol_id)
    await hand.session.refresh(protocol, with_for_update=True)
    speaker = hand.identity.speaker
    here = protocol.conversation_id == hand.conversation.id
    if not here and (speaker is None or protocol.beneficiary_id != speaker.id):
        raise NotAllowed("Esse protocolo é de outra pessoa.", detail="protocol of somebody else")
    if await hand.carried_out():
        return protocol
    if newest(await verbs.history(hand.session, protocol.id)) != seen:
        raise Taken("Este protocolo mudou enquanto você escrevia. Veja o que há de novo e envie outra vez.",
                    detail="protocol changed")  # fmt: skip
    if protocol.state == "closed":
        raise Taken("Este protocolo já foi concluído.", detail="protocol is closed")
    return protocol
