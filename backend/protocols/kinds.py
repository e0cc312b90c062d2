"""Every kind of request: which intent asks for it, which team answers, and within what term.

Terms are business days: RN 623/2024 gives 7 where care is not concerned, 5 for care requests, 10 for
highly complex ones; the desk's own numbers (seed 000) are shorter where they stand here. The shorter wins.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is what people read; `days` the term in business days, 0 for 'at once'."""

    code: str
    title: str
    team: str
    days: int
    intent: str
    urgent: bool = False


_TABLE = (
    Kind("appointment", "Agendamento de consulta", "scheduling", 5, "schedule_appointment"),
    Kind("appointment_change", "Remarcação de consulta", "scheduling", 5, "reschedule_appointment"),
    Kind("appointment_cancellation", "Cancelamento de consulta", "scheduling", 5, "cancel_appointment"),
    Kind("appointment_list", "Consulta de agendamentos", "scheduling", 5, "list_appointments"),
    Kind("registration_update", "Atualização de cadastro", "registration", 7, "update_registration"),
    Kind("document", "Entrega de documento", "registration", 7, "send_document"),
    Kind("charge_dispute", "Contestação de cobrança", "medical_accounts", 7, "dispute_charge"),
    Kind("invoice_copy", "Segunda via de boleto", "finance", 7, "invoice_copy"),
    Kind("procedure_request", "Solicitação de procedimento", "authorizations", 5, "request_procedure"),
    Kind("procedure_status", "Andamento de procedimento", "authorizations", 5, "procedure_status"),
    Kind("debt", "Pendências administrativas", "collections", 7, "ask_debt"),
    Kind("debt_negotiation", "Negociação de pendências", "collections", 7, "negotiate_debt"),
    Kind("payment_report", "Conferência de comprovante", "finance", 7, "report_payment"),
    Kind("coming_of_age", "Maioridade de dependente", "registration", 7, "coming_of_age"),
    Kind("holder_change", "Troca de titularidade", "registration", 7, "change_holder"),
    Kind("network_search", "Busca na rede credenciada", "call_centre", 7, "find_provider"),
    Kind("member_card", "Carteirinha", "registration", 7, "member_card"),
    Kind("leaving", "Cancelamento do plano", "retention", 7, "leave_plan"),
    Kind("plan_information", "Informações do plano", "call_centre", 7, "plan_information"),
    Kind("attendant", "Atendimento por pessoa", "call_centre", 7, "talk_to_attendant"),
    Kind("complaint", "Reclamação", "ombudsman", 7, "complain"),
    Kind("emergency", "Emergência", "call_centre", 0, "emergency", urgent=True),
)

KINDS = {kind.code: kind for kind in _TABLE}
KIND_OF_INTENT = {kind.intent: kind for kind in _TABLE}

# interfaces.md: these open no protocol; what they ask is answered, or handed over, without one.
OPEN_NONE = frozenset(
    {
        "greet",
        "help",
        "thank",
        "goodbye",
        "affirm",
        "deny",
        "protocol_status",
        "plan_information",
        "find_provider",
    }
)
