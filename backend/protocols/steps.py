"""The steps of a protocol's history in Portuguese, for people and attendants alike: they name no health fact."""

from __future__ import annotations

from backend.protocols.machines import stage_title

TITLES = {
    "opened": "pedido registrado",
    "details": "informações recebidas",
    "reply": "resposta registrada",
    "waiting": "em espera",
    "closed": "encerrado",
    "document_received": "documento recebido",
    "document_accepted": "documento conferido",
    "document_refused": "documento devolvido",
    "decided": "decisão do atendimento",
    "not_told": "aviso não entregue",
    "booked": "consulta marcada",
    "moved": "consulta remarcada",
    "cancelled": "consulta cancelada",
    "confirmed": "presença confirmada",
    "no_vacancy_in_time": "em busca de vaga dentro do prazo da ANS",
    "slip_issued": "segunda via emitida",
    "sent_by_chat": "enviado na conversa",
    "sent_by_mail": "enviado por e-mail",
    "mail_failed": "e-mail não entregue",
    "receipt_sent": "recibo enviado",
    "statement_sent": "demonstrativo enviado",
    "holder_asked_to_call": "orientação registrada",
    "status_sent": "situação informada",
    # who is not identified learns nothing from these; to others the authorization itself is told
    "authorization_requested": "pedido recebido",
    "authorization_in_audit": "em análise",
    "authorization_waiting_document": "aguardando um documento",
    "authorization_approved": "resposta registrada",
    "authorization_denied": "resposta registrada",
    "authorization_performed": "resposta registrada",
    "authorization_cancelled": "resposta registrada",
}


def title_of(step: str) -> str:
    """A step in words; a move to a stage (`kind.stage`) in the stage's; what is in no table is under way. Pure."""
    kind, _, stage = step.partition(".")
    return TITLES.get(step) or stage_title(kind, stage) or "em andamento"
