"""What stands on collections' pages for the codes of the rows."""

from __future__ import annotations

CAMPAIGN_STATES = {
    "uploaded": "recebida",
    "columns": "conferir colunas",
    "reading": "lendo a planilha",
    "read": "a aprovar",
    "running": "em andamento",
    "stopped": "pausada",
    "ended": "encerrada",
    "refused": "recusada",
}
ROW_STATES = {
    "waiting": "na fila",
    "calling": "aguardando resposta",
    "answered": "respondeu",
    "done": "concluída",
    "left_out": "fora da campanha",
}
ATTEMPT_OUTCOMES = {
    "planned": "na fila de envio",
    "sent": "enviada",
    "delivered": "entregue",
    "read": "lida",
    "answered": "respondida",
    "failed": "falhou",
    "expired": "não saiu no horário",
    "withdrawn": "cancelada antes de sair",
    "no_answer": "sem resposta",
    "wrong_person": "era outra pessoa",
    "refused": "recusou a ligação ou o recebimento",
    "confirmed": "confirmou ciência",
    "returned": "voltou",
}
MEANS = {"whatsapp": "WhatsApp", "email": "e-mail", "call": "telefone", "letter": "carta"}
# What may come of another means, as the worklist offers it. [processes.md 6]
RESULTS = {
    "email": {"no_answer": "sem resposta", "returned": "voltou", "confirmed": "confirmou ciência"},
    "call": {
        "no_answer": "ninguém atendeu", "wrong_person": "era outra pessoa", "refused": "não quis ouvir",
        "confirmed": "confirmou ciência",
    },
    "letter": {
        "returned": "voltou sem entrega", "refused": "recusou receber", "wrong_person": "outra pessoa recebeu",
        "no_answer": "sem retorno", "confirmed": "recebeu e assinou",
    },
}  # fmt: skip
PROOFS = {
    "email": "Certificação ou confirmação de leitura",
    "call": "Número da gravação, com os dados confirmados",
    "letter": "Número do aviso de recebimento (AR)",
}
# What is said of a recorded contact: by whether it was over an address of the register.
RECORDED = {
    True: "Contato registrado.",
    False: "Contato registrado. O endereço não é do cadastro, então não conta como tentativa.",
}
CLOSED_AS = {"settled": "nada mais em aberto", "ended": "o contrato terminou"}
DECISIONS = {
    "keep": "Manter o plano",
    "wait": "Esperar",
    "cancel": "Encaminhar para cancelamento",
}
WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
# What one confirms by writing it, where something leaves to many people.
I_DECLARE = "declaro"
