"""What the codes of `rules` say, in the desk's words."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "before_1999": "Contrato anterior a 1999 e não adaptado: a RN 593 não se aplica.",
    "through_company": "Plano coletivo pago pela empresa: a RN 593 não se aplica ao beneficiário.",
    "no_clause": "Plano coletivo sem cláusula de cancelamento por inadimplência.",
    "nothing_unpaid": "Não há mensalidade em atraso que conte.",
    "threshold_not_met": "O atraso ainda não chega ao que a regra exige para este contrato.",
    "threshold_not_yet": "O atraso ainda não chega ao que a regra exige para cancelar.",
    "threshold_no_more": "O que continua em aberto já não chega ao que a regra exige.",
    "not_registered": "O contato não foi por um dado do cadastro.",
    "another_person": "Quem respondeu não responde pelo contrato.",
    "not_identified": "Quem respondeu não foi identificado.",
    "not_whole": "O conteúdo não tinha sido enviado por inteiro antes da resposta.",
    "whatsapp_off": "O WhatsApp não está habilitado como meio de notificação: vale como tentativa.",
    "delivery_unknown": "A entrega ainda não foi confirmada.",
    "not_delivered": "A mensagem não foi entregue.",
    "not_answered": "Entregue ou lida, mas sem resposta.",
    "tap_only": "Só tocou em um botão: é preciso escrever que está ciente.",
    "not_confirmed": "A resposta não confirma a ciência.",
    "no_proof": "Falta a prova do meio: gravação com dados confirmados, confirmação de leitura ou recibo.",
    "confirmed": "Ciência confirmada depois do conteúdo inteiro.",
    "late_but_ten_days": "Depois do 50º dia de atraso, com os dez dias garantidos.",
    "noticed": "Notificado.",
    "tried_in_vain": "Todos os meios foram tentados sem sucesso.",
    "answered_dispute": "Contestação respondida: dez dias a mais a partir da resposta.",
    "no_notice": "Ainda não há notificação que conte.",
    "untried_whatsapp": "Falta tentar por WhatsApp.",
    "untried_email": "Falta tentar por e-mail.",
    "untried_call": "Falta tentar por telefone.",
    "untried_letter": "Falta tentar por carta.",
    "cancelled_already": "O contrato já está cancelado.",
    "dispute_open": "Há contestação ou aviso de pagamento sem resposta.",
    "deadline_running": "O prazo de dez dias ainda corre.",
    "in_hospital": "O titular está internado: não pode haver cancelamento.",
    "evidence_broken": "O dossiê de provas não confere: alguém precisa examinar.",
}
