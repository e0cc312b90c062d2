"""How a request begins: from an intent, or from what a message holds though its intent was not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from actions.documents.files import stash
from actions.documents.resuming import go_on_with_unfinished
from actions.identity import facts_in, note_outcome, offer
from actions.invoices.reading import read_wish
from actions.needs import NEEDS, of_the_rest, to_note, what_of, without_clauses
from actions.process import open_for, opens_protocol
from actions.processes import go_on, process_of, set_aside
from actions.scheduling.words import says_cancel
from actions.talk import Talk
from backend.delinquency.confirmation import read_confirmation
from backend.delinquency.noticed import told_before
from backend.identifiers import ProtocolNumber, plain
from backend.procedures.states import number_in
from backend.protocols.kinds import KIND_OF_INTENT
from backend.scheduling.when import read_when
from backend.store.clock import local
from backend.vocabulary import cities_in, provider_name_in, specialties_in
from backend.words import spoken_list

# 'preciso de um oculista', 'levar meu filho no pediatra'; a bare 'dermatologista em Imperatriz' may ask who there is.
_WANTS_CARE = re.compile(
    r"\b(?:precis\w+|quer(?:o|ia|emos)|levar|passar|consult\w*|marc\w+|agend\w+|vagas?|horarios?|me ver|atendimento)\b"
)

# 'a artrodese foi liberada?', 'falta algo na cirurgia?': whatever the procedure is called.
_ABOUT_AUTHORIZATION = re.compile(
    r"\b(?:autoriz(?:ad[oa]s?|aram|acoes)|liber(?:ad[oa]s?|aram)|negad[oa]s?|negaram|aprovad[oa]s?|aprovaram"
    r"|auditoria)\b"
    r"|\bfalt(?:a|ou|am)\b.*\b(?:cirurgia|exame|guia|procedimento)\b"
)

# 'mudei de endereço, rua das flores 123, cep 65010-000': whatever the new value makes of it to statistics.
_CHANGED = re.compile(
    r"\b(?:mudei|mudamos|me mudei|troquei|atualiz\w+|alter(?:ar|ei))\b.{0,40}"
    r"\b(?:enderecos?|rua|avenida|cep|casa|telefones?|celular|numero novo|e-?mail|cadastro|nome de casad[ao])\b"
)

LATE_CONFIRMATION = timedelta(days=60)

# Never offered as what was meant instead: who wants them says so.
_NOT_MEANT = frozenset({"complain", "emergency", "talk_to_attendant", "protocol_status"})

_ASKS_WHO = re.compile(
    r"\b(?:quem|qual|quais|onde|aonde|atend\w+|plantao|hospita\w+|pronto|urgencia|lista|enderecos?|telefones?|tem"
    r"|24 ?h\w*)\b"
)
_APPOINTMENT = re.compile(r"\b(?:consultas?|medic[oa]s?|agendamentos?|doutora?)\b")
_PLAN = re.compile(r"\b(?:planos?|convenio|contrato)\b")


async def open_request(talk: Talk, intent: str, *, said: str = "", files: list[dict[str, Any]] | None = None) -> None:
    """Opens the protocol, takes facts that came with the request, and goes on to what is missing. [rule 1]

    `said`: what is known of the need already, where that is more than this message; `files` came before it. What the
    person left unfinished of the same kind goes on instead.
    """
    talk.announce()
    if await go_on_with_unfinished(talk, intent, files):
        return
    process = process_of(intent)
    if process.gathers:
        files = [*(files or ()), *_sent_before(talk)]
    paused = await set_aside(talk, intent)
    protocol_id = await _protocol_first(talk, intent) if opens_protocol(intent) and process.opens_at_once else None
    talk.remember(
        pending_request=intent, pending_protocol=protocol_id, paused_requests=paused, request_details=None,
        identity_result=None, identity_hint=None,
        unclear=None,
        requested_slot=None,  # of the form that this need came up in: the message answers nothing of the new one
    )  # fmt: skip
    clauses = note_others(talk, intent, process.own)
    first_words = said or talk.entity("said")
    if clauses or not first_words:
        first_words = without_clauses(first_words or talk.text, clauses)
    others = of_the_rest(talk.ranking, but={intent, *_NOT_MEANT})
    talk.remember(understood_as={"intent": intent, "said": said or talk.entity("said") or talk.text, "others": others})
    talk.state.clear()
    talk.state.update({"said": first_words, "intent": intent, "protocol": protocol_id, "opened_in": talk.message_id})
    if process.gathers:
        talk.state["files"] = list(files or ())
        stash(talk)
    facts = facts_in(talk)
    if facts.cpf or facts.card:
        note_outcome(talk, await offer(talk, facts))
    await go_on(talk, process)


async def _protocol_first(talk: Talk, intent: str) -> str:
    """The need's protocol, told before anything is asked; gives its id. [rule 1]"""
    protocol = await open_for(talk, intent)
    talk.say("protocol_opened", title=KIND_OF_INTENT[intent].title, number=protocol.number)
    return str(protocol.id)


def _sent_before(talk: Talk) -> list[dict[str, Any]]:
    """Files that were asked about: this request is what they are for, so that one ends without a trace."""
    if talk.recall("pending_request") != "send_document":
        return []
    talk.remember(pending_request=None)
    return list(talk.state.get("files") or ())


def note_others(talk: Talk, first: str, served: Iterable[str] = ()) -> list[str]:
    """Keeps the other needs of the message for later and says so in one line; gives their clauses.

    The first need is none of them any more, and what was offered and is not what was chosen comes back once.
    """
    noted = to_note(talk.also, first, served=served)
    offered = talk.recall("offered") or {}
    if offered.get("intent") in NEEDS and not any(offered.get(known) for known in ("again", "subject", "care")):
        noted.append(offered | {"again": True})
    before = [need for need in talk.recall("next_needs") or () if need["intent"] not in {n["intent"] for n in noted}]
    kept = [need for need in (*before, *noted) if need["intent"] != first]
    talk.remember(next_needs=kept or None, offered=None)
    said_now = [need for need in noted if "again" not in need]
    if said_now:
        talk.say("noted_for_later", what=spoken_list([what_of(need["intent"]) for need in said_now]))
    return [need["said"] for need in said_now]


async def second_look(talk: Talk) -> bool:
    """What a message holds though no intent was sure: a protocol's number, a doctor, a paper, facts. False without."""
    if await _number_or_ombudsman(talk) or await care_in(talk, talk.text) or await confirms_late(talk):
        return True
    if read_wish(talk.text, today=local(talk.now).date()).paper:
        await open_request(talk, "invoice_copy")
        return True
    if _CHANGED.search(plain(talk.text)):
        await open_request(talk, "update_registration")
        return True
    return await _facts(talk)


async def confirms_late(talk: Talk) -> bool:
    """'Estou ciente', days after a notice that nobody answered: what is owed now is told anew. False for all else."""
    if read_confirmation(talk.text).kind != "confirms":
        return False
    number, since = str(talk.context.get("number") or ""), talk.now - LATE_CONFIRMATION
    if not await told_before(talk.session, number, talk.conversation_id, since=since):
        return False
    await open_request(talk, "ask_debt")
    return True


async def care_in(talk: Talk, text: str) -> bool:
    """A specialty or a doctor in a text: booked, or asked whether to book or to see who attends. False without."""
    offered, today = talk.recall("offered") or {}, local(talk.now).date()
    if offered.get("care") and (read_when(text, today=today) or cities_in(text)):
        text = f"{offered['said']} {text}"  # 'psicólogo', then 'em sp', 'de manhã'
    found = specialties_in(text, asked=True)
    when = read_when(text, today=today)
    need = need_of(text, "schedule_appointment")
    if (
        need != "schedule_appointment"
        or (found and (when or _WANTS_CARE.search(plain(text))))
        or provider_name_in(text)
    ):
        await open_request(talk, need, said=text)
        return True
    if found:
        said = {"said": text}
        talk.announce()
        talk.remember(offered={"intent": "schedule_appointment", "said": text, "care": True})
        talk.say("book_or_find", professional=found[0].professional, buttons=[
            {"title": "Marcar consulta", "payload": {"intent": "schedule_appointment", "entities": said}},
            {"title": "Ver quem atende", "payload": {"intent": "find_provider", "entities": said}},
        ])  # fmt: skip
    return bool(found)


def need_of(text: str, intent: str) -> str:
    """The intent, or what a text about an appointment says more plainly. Pure.

    'Quero cancelar o oftalmo' leaves no plan, 'adiar a consulta' books none.
    """
    said = plain(text)
    care = bool(_APPOINTMENT.search(said) or specialties_in(text) or provider_name_in(text))
    if intent not in {"schedule_appointment", "leave_plan", "cancel_flow"} or not care or _PLAN.search(said):
        return intent
    if intent != "cancel_flow" and re.search(r"\b(?:remarc\w*|reagend\w*|adi(?:ar|a|em))\b", said):
        return "reschedule_appointment"
    return "cancel_appointment" if says_cancel(text) else intent


def wants_time(text: str, today: date) -> bool:
    """Whether a specialty comes with a day or an hour: 'psiquiatra em imperatriz sábado' wants a time. Pure.

    'Quem atende sábado?' and 'pediatra de plantão hoje' ask who there is.
    """
    return bool(specialties_in(text, asked=True) and read_when(text, today=today) and not _ASKS_WHO.search(plain(text)))


def written_before(events: list[dict[str, Any]]) -> str:
    """What the person wrote before this message; empty where this is the first. Pure."""
    texts = [str(event.get("text") or "") for event in events if event.get("event") == "user"]
    return texts[-2] if len(texts) > 1 else ""


async def _number_or_ombudsman(talk: Talk) -> bool:
    """A protocol's or an authorization's number or state; or the word that who hears of a denial is told to write."""
    if ProtocolNumber.find(talk.text):
        talk.follow_up("action_protocol_status")
    elif number_in(talk.text) or _ABOUT_AUTHORIZATION.search(plain(talk.text)):
        await open_request(talk, "procedure_status")
    elif "ouvidoria" in plain(talk.text):
        talk.follow_up("action_complain")
    else:
        return False
    return True


async def _facts(talk: Talk) -> bool:
    """Somebody says who he is before what he needs."""
    facts = facts_in(talk)
    if not (facts.cpf or facts.card or facts.bad_cpf):
        return False
    talk.announce()
    outcome = await offer(talk, facts)
    note_outcome(talk, outcome)
    talk.follow_up("action_continue_request" if outcome.state in {"verified", "exhausted"} else "identity_form")
    return True
