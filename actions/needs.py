"""What people can want of the assistant, how it is called, and which of it a message probably means. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Two needs are offered where they have together at least this probability. Under it the right one is among them less
# often than not, and a wrong pair costs the person one message more than being asked to say it otherwise.
LIKELY_TOGETHER = 0.35
# One that is less likely than this is no meaning to offer beside another.
LIKELY_ALONE = 0.08
# While something is asked, another need that is not sure is worth a question from here on: most unsure messages in a
# form are answers that were badly read, and 'voltando ao seu pedido' helps more there.
WORTH_ASKING = 0.4
# 'É uma emergência?' frightens whoever has none: it is asked where that is no mere shadow.
LIKELY_EMERGENCY = 0.2
MOST_OFFERED = 2
MOST_NOTED = 2


@dataclass(frozen=True, slots=True)
class Need:
    """`title` is an option's (24 characters at most), `what` stands in a sentence, with its article."""

    title: str
    what: str


NEEDS = {
    "schedule_appointment": Need("Marcar consulta", "a marcação da consulta"),
    "reschedule_appointment": Need("Remarcar consulta", "a remarcação da consulta"),
    "cancel_appointment": Need("Cancelar consulta", "o cancelamento da consulta"),
    "list_appointments": Need("Ver minhas consultas", "as suas consultas marcadas"),
    "update_registration": Need("Atualizar cadastro", "a atualização do cadastro"),
    "send_document": Need("Enviar documento", "o envio do documento"),
    "dispute_charge": Need("Contestar uma cobrança", "a contestação da cobrança"),
    "invoice_copy": Need("Segunda via de boleto", "a segunda via do boleto"),
    "ask_debt": Need("Pendências do plano", "as pendências do seu plano"),
    "negotiate_debt": Need("Fazer um acordo", "o acordo"),
    "report_payment": Need("Conferir comprovante", "a conferência do comprovante"),
    "request_procedure": Need("Pedir autorização", "o pedido de autorização"),
    "procedure_status": Need("Andamento da autorização", "o andamento da autorização"),
    "protocol_status": Need("Ver um protocolo", "o seu protocolo"),
    "coming_of_age": Need("Maioridade de filho", "a maioridade do dependente"),
    "change_holder": Need("Trocar o titular", "a troca de titular"),
    "find_provider": Need("Quem atende pelo plano", "a busca de quem atende"),
    "member_card": Need("Carteirinha", "a carteirinha"),
    "leave_plan": Need("Cancelar o plano", "o cancelamento do plano"),
    "plan_information": Need("Dúvida sobre o plano", "a dúvida sobre o plano"),
    "complain": Need("Fazer uma reclamação", "a reclamação"),
    "talk_to_attendant": Need("Falar com atendente", "a conversa com um atendente"),
    "emergency": Need("É uma emergência agora", "a emergência"),
}
# Which of them are never waited with: they come first or not at all.
_NEVER_LATER = frozenset({"complain", "talk_to_attendant", "emergency"})
# Two names for what is, in one message, one need: the first serves both.
_ONE_NEED = tuple(
    frozenset(pair)
    for pair in (
        ("schedule_appointment", "find_provider"), ("schedule_appointment", "list_appointments"),
        ("schedule_appointment", "reschedule_appointment"), ("reschedule_appointment", "cancel_appointment"),
        ("reschedule_appointment", "list_appointments"), ("cancel_appointment", "list_appointments"),
        ("invoice_copy", "ask_debt"), ("ask_debt", "negotiate_debt"), ("invoice_copy", "report_payment"),
        ("report_payment", "ask_debt"), ("dispute_charge", "ask_debt"), ("request_procedure", "procedure_status"),
        ("procedure_status", "protocol_status"), ("request_procedure", "protocol_status"),
        ("request_procedure", "plan_information"), ("find_provider", "plan_information"),
        ("leave_plan", "cancel_appointment"), ("change_holder", "update_registration"),
    )
)  # fmt: skip
# Needs of one matter: what is said of one of them often sounds like another.
_MATTERS = (
    frozenset({"dispute_charge", "ask_debt", "negotiate_debt", "report_payment", "invoice_copy", "send_document"}),
    frozenset(
        {
            "request_procedure", "procedure_status", "plan_information", "schedule_appointment", "find_provider",
            "send_document",
        }
    ),
    frozenset(
        {
            "update_registration", "send_document", "coming_of_age", "change_holder", "member_card", "leave_plan",
            "plan_information",
        }
    ),
)  # fmt: skip
_JOINT = re.compile(
    r"^(?:[\s,.;]|\b(?:e|tambem|também|aí|ai)\b)+|(?:[\s,;]|\b(?:e|tambem|também|mas|depois)\b)+$", re.IGNORECASE
)


def title_of(intent: str) -> str:
    """An option's words for a need."""
    return NEEDS[intent].title


def what_of(intent: str) -> str:
    """A need as a noun with its article: 'a segunda via do boleto'."""
    return NEEDS[intent].what


def to_what(intent: str) -> str:
    """The same after 'vamos': 'à segunda via do boleto', 'ao acordo'."""
    article, rest = NEEDS[intent].what.split(maxsplit=1)
    return f"{ {'a': 'à', 'as': 'às', 'o': 'ao', 'os': 'aos'}[article] } {rest}"


def likely_needs(
    ranking: Sequence[Mapping[str, Any]], *, together: float = LIKELY_TOGETHER, but: Iterable[str] = ()
) -> list[str]:
    """The one or two needs that a message most probably means, the likelier first; none where all are unlikely.

    What is no need (a greeting, a yes, facts) is passed over, and so is what stands in `but`.
    """
    left_out = set(but)
    found = [
        (str(entry["name"]), float(entry.get("confidence") or 0))
        for entry in ranking
        if entry.get("name") in NEEDS and entry["name"] not in left_out
    ]
    least = {"emergency": LIKELY_EMERGENCY}
    best = [(name, sure) for name, sure in found if sure >= least.get(name, LIKELY_ALONE)][:MOST_OFFERED]
    return [name for name, _ in best] if sum(sure for _, sure in best) >= together else []


def of_the_rest(ranking: Sequence[Mapping[str, Any]], *, but: Iterable[str]) -> list[str]:
    """The likeliest needs once it is known that it is none of `but`: their shares of what is left then."""
    left_out = set(but)
    left = [entry for entry in ranking if entry.get("name") in NEEDS and entry["name"] not in left_out]
    whole = sum(float(entry.get("confidence") or 0) for entry in left)
    shares = [{"name": one["name"], "confidence": float(one.get("confidence") or 0) / whole} for one in left if whole]
    return likely_needs(shares)


def likelihood(ranking: Sequence[Mapping[str, Any]], intent: str) -> float:
    """The probability that the ranking gives an intent, 0 without."""
    return max((float(entry.get("confidence") or 0) for entry in ranking if entry.get("name") == intent), default=0.0)


def to_note(also: Sequence[Mapping[str, Any]], first: str, *, served: Iterable[str] = ()) -> list[dict[str, str]]:
    """The other needs of a message that are worth coming back to: `intent` and `said`, its clause; two at most.

    What the first need's process serves anyway (`served`), and what is the same need by another name, is not.
    """
    noted: list[dict[str, str]] = []
    for other in also:
        intent = str(other.get("name"))
        known = [first, *served, *(need["intent"] for need in noted)]
        if intent not in NEEDS or intent in _NEVER_LATER or intent in known:
            continue
        if not any({intent, before} in _ONE_NEED for before in (first, *(need["intent"] for need in noted))):
            noted.append({"intent": intent, "said": str(other.get("text") or "")})
    return noted[:MOST_NOTED]


def of_one_matter(intent: str, other: str) -> bool:
    """Whether what answers the one may well be understood as the other."""
    return intent == other or any({intent, other} <= matter for matter in _MATTERS)


def without_clauses(text: str, clauses: Iterable[str]) -> str:
    """A text without the clauses that stand in it word for word; the whole text where nothing else would be left."""
    rest = text
    for clause in clauses:
        if clause and clause in rest:
            rest = rest.replace(clause, " ", 1)
    rest = _JOINT.sub("", " ".join(rest.split()))
    return rest if re.search(r"\w{3}", rest) else text
