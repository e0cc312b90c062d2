"""The e-mails of a dispute: to medical accounts, on to finance, and its answer to the person. [processes.md 3]

A team without an address has its board alone. Texts are in data/responses/mail.yml.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend import mail
from backend.actor import Actor
from backend.disputes.case import Case
from backend.documents import checklist
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.settings import settings
from backend.store import files
from backend.store.clock import local
from backend.store.files import File
from backend.words import numeric_date

MOST_BYTES = 15 * 1024 * 1024  # of attachments: mail servers commonly refuse more than 20 to 25 MB, encoded
FORMS = {"current": "na fatura atual, pela tesouraria", "future": "nas próximas faturas"}
_NOT_SAID, _NONE = "não informado", "nenhum"
_BY = {"chat": "pelo WhatsApp", "mail": "por e-mail"}

Attached = list[tuple[bytes, str, str]]


async def mail_medical_accounts(
    session: AsyncSession, *, case: Case, request_key: str, actor: Actor, now: datetime
) -> None:
    """The dispute with its data and documents, once for a request key; nothing where the team has no address."""
    address = settings().medical_accounts_email
    if not address.strip():
        return
    given = await _given(session, case)
    await mail.write_to_team(
        session, address=address, kind="dispute", values=_data(case, given), attached=_attached(given),
        protocol_id=case.protocol.id, request_key=f"{request_key}:medical_accounts", actor=actor, now=now,
    )  # fmt: skip


async def mail_finance(session: AsyncSession, *, case: Case, request_key: str, actor: Actor, now: datetime) -> None:
    """Medical accounts' answer and the chosen form of discount, the first e-mail's data below it; once for a key."""
    address = settings().finance_email
    if not address.strip():
        return
    given = await _given(session, case)
    decided_at = case.dispute.decided_at or now
    values = _data(case, given) | {
        "form": FORMS[case.dispute.discount], "finding": case.dispute.finding,
        "decided_on": numeric_date(local(decided_at).date()), "chosen_on": numeric_date(local(now).date()),
    }  # fmt: skip
    await mail.write_to_team(
        session, address=address, kind="dispute_discount", values=values, attached=_attached(given),
        protocol_id=case.protocol.id, request_key=f"{request_key}:finance", actor=actor, now=now,
    )  # fmt: skip


async def mail_answer(
    session: AsyncSession, *, case: Case, proof: File | None, request_key: str, actor: Actor, now: datetime
) -> None:
    """To the person's registered address: that the charge was found valid, why, and the proof where there is one."""
    config, attached = settings(), []
    if proof is not None:
        attached = [(files.read(proof.sha256), proof.name, proof.content_type)]
    values = {
        "name": case.claimant.first_name, "number": case.protocol.number, "month": case.month or _NOT_SAID,
        "charge": case.dispute.charged_for or _NOT_SAID, "finding": case.dispute.finding,
        "proof": "O comprovante vai em anexo." if proof else "", "operator": config.operator_name,
        "phone": config.operator_phone,
    }  # fmt: skip
    await mail.write(
        session, to=case.claimant, kind="dispute_valid", values=values, attached=attached,
        protocol_id=case.protocol.id, request_key=f"{request_key}:answer", actor=actor, now=now,
    )  # fmt: skip


def _data(case: Case, given: Sequence[Document]) -> dict[str, str]:
    """What both teams read of a dispute. In the house, so the procedure has its own name."""
    item = case.item
    charge = item.description if item else case.dispute.charged_for
    code = f" (TUSS {item.procedure_code})" if item and item.procedure_code else ""
    about = case.about or case.claimant
    return {
        "number": case.protocol.number, "month": case.month or _NOT_SAID,
        "invoice": str(case.invoice.number) if case.invoice else _NOT_SAID,
        "beneficiary": f"{about.shown_name}, carteirinha {about.card_number or 'não há'}",
        "claimant": case.claimant.shown_name, "charge": f"{charge or _NOT_SAID}{code}",
        "amount": case.amount or _NOT_SAID, "claim": case.dispute.claim, "answer_by": _BY[case.dispute.answer_by],
        "documents": _listed(given), "deadline": numeric_date(local(case.protocol.due_at).date()),
        "operator": settings().operator_name,
    }  # fmt: skip


async def _given(session: AsyncSession, case: Case) -> list[Document]:
    return [one for one in await documents.of_protocol(session, case.protocol.id) if one.state != "refused"]


def _listed(given: Sequence[Document]) -> str:
    small = {document.id for document in _within(given)}
    titles = [
        checklist.title_of(one.kind) + ("" if one.id in small else " (grande demais para o e-mail: está no painel)")
        for one in given
    ]
    return "; ".join(titles) or _NONE


def _attached(given: Sequence[Document]) -> Attached:
    return [(files.read(one.sha256), one.name or _name_of(one), one.content_type) for one in _within(given)]


def _name_of(document: Document) -> str:
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}.get(document.content_type, "bin")
    return f"{checklist.title_of(document.kind).replace(' ', '-')}.{ending}"


def _within(given: Sequence[Document]) -> list[Document]:
    """The documents in their order, as many as fit into one e-mail."""
    fitting, size = [], 0
    for document in given:
        size += document.size
        if size <= MOST_BYTES:
            fitting.append(document)
    return fitting
