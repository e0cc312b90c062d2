"""The way from an answer to a call into a request: identity, a question, a person, or nothing more. [processes.md 6]"""

from __future__ import annotations

from actions.delinquency.called import COLLECTIONS, Heard, hear, of_whom, reached, reply_in, row_of, subject_of
from actions.handover import give_to_ombudsman, to_attendant
from actions.processes import go_on, process_of, set_aside
from actions.talk import Talk
from backend.delinquency.tables import CampaignRow

REQUEST = "ask_debt"


async def answer_call(talk: Talk, call: str, answer: str) -> None:
    """An answer to 'falo com …?', tapped on the template or typed after it."""
    row = await talk.session.get(CampaignRow, int(call)) if call.isdecimal() else None
    if row is None:
        talk.say("news_gone")
        return
    if answer == "attendant":
        await reached(talk, row)
        await to_attendant(talk, subject=subject_of(row), team=COLLECTIONS)
        return
    if talk.slot("pending_request") == REQUEST and talk.state.get("call") == row.id:
        answer = reply_in(talk, str(talk.state.get("stage") or ""))  # 'sim' may answer what was asked since
    await _follow(talk, row, await hear(talk, row, answer))


async def reply_instead_of_facts(talk: Talk) -> None:
    """'Número errado', 'ele faleceu', 'agora não posso', where the identity was asked after a call."""
    row = await row_of(talk)
    if row is None:
        talk.forget_request()
        talk.say("no_question")
        return
    heard = await hear(talk, row, reply := reply_in(talk, ""))
    if reply == "who":  # 'sobre o que é?', after he has said that it is he: told, and the facts are asked again
        talk.remember(identity_result=None, identity_hint=None)
        talk.follow_up("identity_form")
    elif heard.then == "over":
        talk.forget_request()
    else:
        await _follow(talk, row, heard)


async def _follow(talk: Talk, row: CampaignRow, heard: Heard) -> None:
    if heard.then == "over":
        return
    await _begin(talk, row, heard)
    if heard.then == "desk":
        await give_to_ombudsman(talk)
    else:
        await go_on(talk, process_of(REQUEST))


async def _begin(talk: Talk, row: CampaignRow, heard: Heard) -> None:
    """What was under way is put aside; the call's protocol is opened when it is known who answers. [rule 1]"""
    talk.remember(
        paused_requests=await set_aside(talk, REQUEST), pending_request=REQUEST, pending_protocol=None,
        request_details=None, identity_result=None, identity_hint=None, requested_slot=None,
    )  # fmt: skip
    talk.state.clear()
    talk.state.update(of_whom(row))
    if heard.stage:
        talk.state["stage"] = heard.stage
