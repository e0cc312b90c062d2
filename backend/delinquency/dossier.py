"""A case's evidence, examined and printed: the chain itself, and what the audit remembers of each of its links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    "address": "Endereço do contato", "answer": "Resposta", "attempt": "Tentativa", "basis": "Fundamento",
    "body": "Texto", "by": "Por quem", "by_tap": "Tocou em botão", "campaign_row": "Linha da campanha",
    "confirms": "Confirma ciência", "contract": "Contrato", "conversation": "Conversa",
    "counts": "Vale como notificação", "days": "Dias de atraso", "deadline": "Prazo até",
    "decision": "Decisão", "delivered": "Entregue",
    "delivered_at": "Entregue em", "delivery": "Situação", "document": "Documento (SHA-256)",
    "document_name": "Documento", "due": "Podia ser decidido", "error_code": "Código do erro",
    "fees": "Mensalidade", "file": "Arquivo (SHA-256)", "id": "Identificador", "made_by": "Feito por",
    "means": "Meio", "message": "Mensagem", "notice": "Notificação", "noticed_on": "Data da notificação",
    "number": "Telefone", "options": "Opções", "outcome": "Resultado", "person": "Pessoa", "proof": "Prova",
    "protocol": "Protocolo", "read_at": "Lida em", "reason": "Motivo", "register": "Cadastro que confere",
    "registered": "Está no cadastro", "remarks": "Observações", "result": "Resultado", "row": "Linha da campanha",
    "said": "Como foi escrito", "seen": "O que foi visto", "sender": "De", "sid": "Identificador do provedor",
    "state": "Situação", "template": "Modelo", "text": "Como foi escrito", "total": "Total atualizado",
    "turn": "Turno", "type": "Tipo", "understood": "Como foi entendido", "why": "Por quê",
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
    audit.record(
        session, "delinquency.print_evidence", ("delinquency_case", case.id), actor=actor, now=now,
        intact=checked.intact,
    )  # fmt: skip
    paper = Dossier(
        operator=Operator.configured(settings()), contract_number=contract.number, person_name=person.full_name,
        person_cpf=person.cpf, opened_on=printed_date(local(case.opened_at).date()),
        links=tuple(_printed(link) for link in links), head=case.evidence_head, broken_at=checked.broken_at,
        printed_at=_moment(now),
    )  # fmt: skip
    return evidence_pdf(paper), f"dossie-{contract.number}-{local(now):%Y-%m-%d}.pdf"


def facts_of(content: JsonObject) -> tuple[tuple[str, str], ...]:
    """What a link holds, as labels and texts; what is empty is left out. Pure."""
    return tuple(
        (LABELS.get(key, key), words) for key in sorted(content) for words in _words(key, content[key]) if words
    )


async def _links(session: AsyncSession, cases: Sequence[DelinquencyCase]) -> Mapping[UUID, Sequence[EvidenceLink]]:
    """Each case's links in their order, as plain rows: there are ten or more for each of thousands of cases."""
    row = EvidenceLink
    found: dict[UUID, list[EvidenceLink]] = defaultdict(list)
    query = select(row.case_id, row.ordinal, row.kind, row.at, row.content, row.previous, row.digest)
    wanted = query.where(row.case_id.in_([case.id for case in cases])).order_by(row.ordinal)
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


def _printed(link: EvidenceLink) -> PrintedLink:
    title = TITLES.get(link.kind, link.kind)
    return PrintedLink(link.ordinal, title, _moment(link.at), facts_of(link.content), link.previous, link.digest)


def _moment(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y às %H:%M:%S}"


def _words(key: str, value: object) -> Iterator[str]:
    """One value as texts: a fee each, a reason each. Pure."""
    if key == "fees" and isinstance(value, list):
        yield from (_fee(fee) for fee in value)
    elif key == "why" and isinstance(value, list):
        yield from (WHY.get(str(code), str(code)) for code in value)
    elif isinstance(value, bool):
        yield "sim" if value else "não"
    elif isinstance(value, dict | list):
        yield evidence.canonical({key: value}) if value else ""
    else:
        yield "" if value is None else str(value)


def _fee(fee: Mapping[str, object]) -> str:
    month, due_on = (date.fromisoformat(str(fee[key])) for key in ("billing_month", "due_on"))
    amount, total = (reais(Decimal(str(fee[key]))) for key in ("amount", "total"))
    excused = ", atraso que não conta" if fee.get("excused") else ""
    return (
        f"{billing_month(month)}, vencimento {printed_date(due_on)}, {amount}, atualizado {total}, {fee['days']} dias"
        f"{excused}"
    )
