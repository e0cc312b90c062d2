"""A case's evidence, examined and printed: the chain itself, and what the audit remembers of each of its links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, beneficiaries
from backend.actor import Actor
from backend.audit import AuditRow
from backend.contracts import Contract
from backend.delinquency import evidence
from backend.delinquency.evidence import Checked
from backend.delinquency.many import among
from backend.delinquency.rules import WHY
from backend.delinquency.tables import DelinquencyCase, EvidenceLink
from backend.money import billing_month, reais
from backend.papers.evidence_print import Dossier, PrintedLink, evidence_pdf
from backend.papers.layout import Operator, printed_date
from backend.settings import settings
from backend.store.clock import local
from backend.store.tables import JsonObject

AT_ONCE: Final = 1000
TITLES: Final[Mapping[str, str]] = {
    "attempt": "Tentativa por WhatsApp", "reply": "Resposta à tentativa", "content": "Conteúdo da notificação",
    "sent": "Mensagem enviada", "delivery": "Entrega", "answer": "Resposta à notificação",
    "answer_message": "Mensagem recebida", "verdict": "Avaliação", "contact": "Contato por outro meio",
    "decision": "Decisão de uma pessoa",
}  # fmt: skip
LABELS: Final[Mapping[str, str]] = {
    "address": "Endereço do contato", "amount": "Valor", "answer": "Resposta", "attempt": "Tentativa",
    "basis": "Fundamento", "beneficiary": "Pessoa",
    "body": "Texto", "by": "Por quem", "by_tap": "Tocou em botão", "campaign": "Campanha",
    "campaign_row": "Linha da campanha", "confirms": "Confirma ciência", "content_sid": "Modelo (provedor)",
    "contract": "Contrato", "conversation": "Conversa",
    "counts": "Vale como notificação", "days": "Dias de atraso", "deadline": "Prazo até",
    "decided": "Decisão anterior", "decision": "Decisão", "delivered": "Entregue",
    "delivered_at": "Entregue em", "delivery": "Situação", "document": "Documento (SHA-256)",
    "document_name": "Documento", "due": "Podia ser decidido", "error_code": "Código do erro",
    "evidence": "Último registro (SHA-256)",
    "fees": "Mensalidade", "file": "Arquivo (SHA-256)", "id": "Identificador", "in_hospital": "Em internação",
    "ledger": "Cobrança", "line": "Linha da planilha", "list": "Lista do financeiro", "made_by": "Feito por",
    "means": "Meio", "message": "Mensagem", "missing": "Faltava", "months": "Competência",
    "notice": "Notificação", "noticed_on": "Data da notificação",
    "number": "Telefone", "options": "Opções", "outcome": "Resultado", "person": "Pessoa", "proof": "Prova",
    "protocol": "Protocolo", "read_at": "Lida em", "reason": "Motivo", "register": "Cadastro que confere",
    "registered": "Está no cadastro", "remarks": "Observações", "result": "Resultado", "row": "Linha da campanha",
    "said": "Como foi escrito", "seen": "Visto", "sender": "De", "sid": "Identificador do provedor",
    "state": "Situação", "template": "Modelo", "text": "Como foi escrito", "total": "Total atualizado",
    "turn": "Turno", "type": "Tipo", "understood": "Como foi entendido", "unpaid": "Em aberto", "why": "Por quê",
}  # fmt: skip
# What the codes of a link say; words that people wrote are never looked up here.
_OUTCOMES: Final = {
    "sent": "enviada", "delivered": "entregue", "read": "lida", "answered": "respondida", "failed": "falhou",
    "undelivered": "não entregue", "queued": "na fila do provedor", "sending": "em envio",
    "expired": "não saiu no horário", "withdrawn": "cancelada antes de sair", "no_answer": "sem resposta",
    "wrong_person": "era outra pessoa", "refused": "recusou", "confirmed": "confirmou ciência", "returned": "voltou",
}  # fmt: skip
_MEANT: Final[Mapping[str, Mapping[str, str]]] = {
    "means": {"whatsapp": "WhatsApp", "email": "e-mail", "call": "telefone", "letter": "carta"},
    "by": {
        "answers": "quem responde pelo contrato", "another": "outra pessoa, identificada",
        "unknown": "sem identificação",
    },
    "outcome": _OUTCOMES, "result": _OUTCOMES, "state": _OUTCOMES, "delivery": _OUTCOMES,
    "decision": {"keep": "manter o plano", "wait": "esperar", "cancel": "encaminhar para cancelamento"},
    "understood": {
        "me": "é a pessoa", "not_me": "não é a pessoa", "wrong_number": "o telefone é de outra pessoa",
        "not_here": "a pessoa não estava", "who": "perguntou quem fala", "deceased": "falecimento",
        "hospital": "internação", "legal": "falou em Justiça", "refuse": "recusou falar", "stop": "pediu para parar",
        "later": "pediu outro momento", "auto": "resposta automática",
    },
    "why": WHY, "missing": WHY, "basis": WHY,
}  # fmt: skip


async def examined(session: AsyncSession, case: DelinquencyCase) -> Checked:
    """Checks a case's chain, and against the audit: one rewritten from its first link to its last is found as well."""
    return (await examined_all(session, [case]))[case.id]


async def examined_all(session: AsyncSession, cases: Sequence[DelinquencyCase]) -> Mapping[UUID, Checked]:
    """The same for many cases, by id."""
    found: dict[UUID, Checked] = {}
    for start in range(0, len(cases), AT_ONCE):
        some = cases[start : start + AT_ONCE]
        links, noted = await _links(session, some), await _audited(session, some)
        for case in some:
            own = links[case.id]
            checked = evidence.check(own, head=case.evidence_head, length=case.evidence_length)
            found[case.id] = _against_audit(own, noted[case.id], checked)
    return found


async def printed(session: AsyncSession, *, case: DelinquencyCase, actor: Actor, now: datetime) -> tuple[bytes, str]:
    """The whole dossier as one PDF, and its name: 'dossie-10000002-2026-11-23.pdf'. The printing is audited."""
    contract = await session.get_one(Contract, case.contract_id)
    person = await beneficiaries.get(session, case.beneficiary_id)
    links, checked = await evidence.links_of(session, case.id), await examined(session, case)
    names = {str(one.id): one.full_name for one in (person, *await beneficiaries.family_of(session, person))}
    audit.record(
        session, "delinquency.print_evidence", ("delinquency_case", case.id), actor=actor, now=now,
        intact=checked.intact,
    )  # fmt: skip
    paper = Dossier(
        operator=Operator.configured(settings()), contract_number=contract.number, person_name=person.full_name,
        person_cpf=person.cpf, opened_on=printed_date(local(case.opened_at).date()),
        links=tuple(_printed(link, names) for link in links), head=case.evidence_head, broken_at=checked.broken_at,
        printed_at=_moment(now),
    )  # fmt: skip
    return evidence_pdf(paper), f"dossie-{contract.number}-{local(now):%Y-%m-%d}.pdf"


def facts_of(content: JsonObject, names: Mapping[str, str] | None = None) -> tuple[tuple[str, str], ...]:
    """What a link holds, as labels and texts, codes in words; what is empty is left out. Pure.

    `names` are people's by their ids, which alone are in the chain; one stands beside its id.
    """
    known = names or {}
    return tuple(
        (label, f"{words} ({known[words]})" if words in known else words)
        for key in sorted(content)
        for label, words in _facts(key, content[key])
        if words
    )


async def _links(session: AsyncSession, cases: Sequence[DelinquencyCase]) -> Mapping[UUID, Sequence[EvidenceLink]]:
    """Each case's links in their order, as plain rows: there are ten or more for each of thousands of cases."""
    row = EvidenceLink
    found: dict[UUID, list[EvidenceLink]] = defaultdict(list)
    query = select(row.case_id, row.ordinal, row.kind, row.at, row.content, row.previous, row.digest)
    wanted = query.where(among(row.case_id, [case.id for case in cases])).order_by(row.ordinal)
    for link in await session.execute(wanted):
        found[link.case_id].append(cast("EvidenceLink", link))  # it has all that a check reads
    return found


async def _audited(session: AsyncSession, cases: Sequence[DelinquencyCase]) -> Mapping[UUID, Mapping[int, set[str]]]:
    """The digests of each case's links by their place, as the audit noted them when they were written."""
    details = AuditRow.details
    query = select(AuditRow.subject_id, details["ordinal"].astext, details["digest"].astext).where(
        AuditRow.action == "delinquency.evidence", AuditRow.subject_kind == "delinquency_case",
        AuditRow.subject_id.in_([str(case.id) for case in cases]),
    )  # fmt: skip
    found: dict[UUID, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for case_id, ordinal, digest in await session.execute(query):
        found[UUID(case_id)][int(ordinal)].add(digest)
    return found


def _against_audit(links: Sequence[EvidenceLink], noted: Mapping[int, set[str]], checked: Checked) -> Checked:
    """The audit knows each link, by this digest and no other, and none besides."""
    written = {link.ordinal: {link.digest} for link in links}
    broken = [place for place in written.keys() | noted.keys() if written.get(place) != noted.get(place)]
    if checked.broken_at is not None:
        broken.append(checked.broken_at)
    return Checked(not broken, checked.length, min(broken, default=None))


def _printed(link: EvidenceLink, names: Mapping[str, str]) -> PrintedLink:
    title, facts = TITLES.get(link.kind, link.kind), facts_of(link.content, names)
    return PrintedLink(link.ordinal, title, _moment(link.at), facts, link.previous, link.digest)


def _moment(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y às %H:%M:%S}"


def _facts(key: str, value: object) -> Iterator[tuple[str, str]]:
    """One value as facts: each fee, reason, or part of it is one. Pure."""
    label = LABELS.get(key, key)
    if isinstance(value, dict):
        parts = (fact for inner in value for fact in _facts(inner, value[inner]))
        yield from ((f"{label}: {part.lower()}", words) for part, words in parts)
    else:
        yield from ((label, _words(key, one)) for one in (value if isinstance(value, list) else [value]))


def _words(key: str, value: object) -> str:
    """One value in words; what is not as it was written by us, a forger's perhaps, as it stands. Pure."""
    if isinstance(value, bool):
        return "sim" if value else "não"
    if value is None or value == "":
        return ""
    try:
        if isinstance(value, dict):
            return _fee(value) if key == "fees" else evidence.canonical(value)
        return _PRINTED[key](str(value)) if key in _PRINTED else _MEANT.get(key, {}).get(str(value), str(value))
    except (KeyError, ValueError, ArithmeticError):
        return evidence.canonical(value) if isinstance(value, dict) else str(value)


def _fee(fee: Mapping[str, object]) -> str:
    month, due_on = (date.fromisoformat(str(fee[key])) for key in ("billing_month", "due_on"))
    amount, total = (reais(Decimal(str(fee[key]))) for key in ("amount", "total"))
    excused = ", atraso que não conta" if fee.get("excused") else ""
    return (
        f"{billing_month(month)}, vencimento {printed_date(due_on)}, {amount}, atualizado {total}, {fee['days']} dias"
        f"{excused}"
    )


def _day(said: str) -> str:
    return printed_date(date.fromisoformat(said))


def _reais(said: str) -> str:
    return reais(Decimal(said))


_PRINTED: Final[Mapping[str, Callable[[str], str]]] = {
    "total": _reais, "amount": _reais, "deadline": _day, "noticed_on": _day,
    "delivered_at": lambda said: _moment(datetime.fromisoformat(said)),
    "read_at": lambda said: _moment(datetime.fromisoformat(said)),
    "unpaid": lambda said: billing_month(date.fromisoformat(said)),
}  # fmt: skip
