"""What is answered after the identity: to the notice, to the ways to settle, or something that goes before both."""

from __future__ import annotations

import re

from actions.delinquency import notice, settling
from actions.delinquency.called import hear, row_of, say_condolences, say_ombudsman
from actions.delinquency.stages import CONFIRM, DISPUTE, MONTHS, NEGOTIATE, WAYS
from actions.delinquency.telling import go_to_ways, take_way
from actions.delinquency.words import offers, way_in
from actions.process import done, go_over, to_desk
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.delinquency.confirmation import Reading, read_confirmation
from backend.delinquency.replies import read_reply
from backend.identifiers import plain
from backend.words import is_only_emoji, means_no, means_yes

MOST_ASKED = 1  # once more, kindly; then on without
_BARE_OFFERS = re.compile(r"(?:sim|s|ok|quero|pode|claro|isso|negociar|quero negociar|nao sei|[\W_]*)", re.IGNORECASE)
_NOT_HIM = re.compile(r"\bnao (?:sou (?:eu|ess[ea] pessoa|el[ea]|o titular|a titular)|e comigo)\b|\bpessoa errada\b")


async def take_answer(talk: Talk, person: Beneficiary, stage: str) -> bool:
    """A message after the identity; False where nothing in it was understood."""
    if talk.context.get("attachments"):
        await _paid(talk, person)
        return True
    if stage == NEGOTIATE:
        return await _take_offer(talk)
    if talk.chosen:
        return await _take_choice(talk, person, stage)
    return await _take_words(talk, person, stage)


async def _take_words(talk: Talk, person: Beneficiary, stage: str) -> bool:
    reading = read_confirmation(talk.text)
    if reading.kind == "confirms" and (talk.state.get("notice") or not reading.also):
        await _confirmed(talk, person, reading)
        return True
    if reading.kind in _STEPS:
        await notice.answer(talk, person, confirms=False)
        await _STEPS[reading.kind](talk, person)
        return True
    if await _not_him(talk) or (stage == MONTHS and await _take_months(talk, person)):
        return True
    if stage == CONFIRM:
        return await _unconfirmed(talk, person, reading)
    if stage == DISPUTE and (means_yes(talk.text) or means_no(talk.text)):
        return await _take_choice(talk, person, stage, answer="dispute" if means_yes(talk.text) else "ways")
    return await _take_way_words(talk, person)


async def _take_way_words(talk: Talk, person: Beneficiary) -> bool:
    way = way_in(talk.text)
    if way == "done" or (is_only_emoji(talk.text) and means_yes(talk.text)):
        settling.end(talk, person)
    elif offers(talk.text):
        await settling.propose(talk)
    elif way == "dispute":
        talk.state["stage"] = DISPUTE
    elif way:
        take_way(talk, way)
        await _where_one_is_owed(talk, person)
    else:
        return False
    return True


# -- the notice


async def _confirmed(talk: Talk, person: Beneficiary, reading: Reading) -> None:
    """Thanks, until when where it may count, and on: to the dispute, to the payment, or to the ways."""
    if not talk.state.get("notice"):  # nothing was asked to be confirmed
        talk.say("debt_aware")
        return
    verdict = await notice.answer(talk, person, confirms=True)
    if verdict is not None:
        notice.thank(talk, verdict)
        talk.state["noticed"] = "Ciência da notificação confirmada por escrito na conversa."
    for kind in ("deceased", "legal", "hospital", "paid", "disputes"):
        if kind in reading.also:
            await _STEPS[kind](talk, person)
            return
    go_to_ways(talk, talk.text)
    await _where_one_is_owed(talk, person)


async def _unconfirmed(talk: Talk, person: Beneficiary, reading: Reading) -> bool:
    """Asked once more where it was no confirmation; an automatic reply is answered by nothing."""
    if reading.kind == "auto":
        talk.state["silent"] = talk.message_id
        return True
    way = way_in(talk.text)
    if offers(talk.text):
        await notice.answer(talk, person, confirms=False)
        await settling.propose(talk)
        return True
    if reading.kind in {"bare", "question"}:
        await notice.answer(talk, person, confirms=False)
        if talk.state.get("asked", 0) < MOST_ASKED and way not in {"pix", "slip", "negotiate"}:
            talk.state["asked"] = talk.state.get("asked", 0) + 1
            return True
    elif way not in {"pix", "slip", "negotiate"}:
        return False
    go_to_ways(talk, talk.text)
    await _where_one_is_owed(talk, person)
    return True


# -- the ways


async def _take_choice(talk: Talk, person: Beneficiary, stage: str, *, answer: str = "") -> bool:
    chosen = answer or str(talk.chosen.get("answer") or "")
    if chosen == "paid":
        await _paid(talk, person)
    elif chosen == "aware":
        await _confirmed(talk, person, Reading("confirms"))
    elif chosen == "dispute":
        go_over(talk, "dispute_charge", str(talk.state.get("disputed") or ""))
    elif chosen == "desk":
        to_desk(talk, reason="asked")
    elif chosen == "ways":
        talk.state["stage"] = WAYS
    elif stage == MONTHS and not chosen.startswith(("pix", "slip", "negotiate")):
        return await _take_months(talk, person)
    elif chosen in {"pix", "slip", "negotiate"}:
        take_way(talk, chosen)
        await _where_one_is_owed(talk, person)
    else:
        return False
    return True


async def _where_one_is_owed(talk: Talk, person: Beneficiary) -> None:
    """One invoice asks for no choice; nor do months that stand in the same words."""
    if talk.state.get("stage") != MONTHS:
        return
    owed = [str(number) for number in talk.state.get("owed") or ()]
    picked = owed if len(owed) == 1 else [] if talk.chosen else await settling.months_meant(talk, person)
    if picked:
        await settling.send(talk, person, str(talk.state["way"]), picked)


async def _take_months(talk: Talk, person: Beneficiary) -> bool:
    picked = await settling.months_meant(talk, person)
    if picked:
        await settling.send(talk, person, str(talk.state["way"]), picked)
    return bool(picked)


async def _take_offer(talk: Talk) -> bool:
    """What he can pay, and when: any words but a bare yes."""
    if talk.chosen or _BARE_OFFERS.fullmatch(talk.text.strip(" .!?,")):
        return False
    await settling.propose(talk)
    return True


# -- what goes before


async def _not_him(talk: Talk) -> bool:
    """'Não sou eu', after the identity: a person finds out; and 'PARE', where a call of ours began it."""
    row = await row_of(talk)
    if _NOT_HIM.search(plain(talk.text)):
        talk.say("debt_not_him")
        to_desk(talk, reason="not_the_person")
    elif row is not None and read_reply(talk.text) == "stop":
        await hear(talk, row, "stop")
        done(talk)
    else:
        return False
    return True


async def _paid(talk: Talk, person: Beneficiary) -> None:  # noqa: ARG001 (every step is found alike)
    """A reported payment has a protocol of its own, and goes to finance."""
    await settling.note(talk, "paid", remarks="diz que já pagou")
    go_over(talk, "report_payment", "" if talk.chosen else talk.text)


async def _disputes(talk: Talk, person: Beneficiary) -> None:  # noqa: ARG001
    talk.state.update(stage=DISPUTE, disputed=talk.text)


async def _refuses(talk: Talk, person: Beneficiary) -> None:  # noqa: ARG001
    await settling.note(talk, "refused")
    talk.say("debt_refused")
    done(talk)


async def _legal(talk: Talk, person: Beneficiary) -> None:  # noqa: ARG001
    await say_ombudsman(talk)
    to_desk(talk, reason="legal")


async def _hospital(talk: Talk, person: Beneficiary) -> None:  # noqa: ARG001
    """Wishes, and no more of it now."""
    talk.say("called_hospital")
    done(talk)


async def _deceased(talk: Talk, person: Beneficiary) -> None:  # noqa: ARG001
    say_condolences(talk)
    done(talk)


# What goes before the present question, whatever it is.
_STEPS = {
    "paid": _paid, "disputes": _disputes, "refuses": _refuses, "legal": _legal, "hospital": _hospital,
    "deceased": _deceased,
}  # fmt: skip
