"""The words that stand on screen for what the rows hold as codes."""

from __future__ import annotations

from backend.protocols.kinds import KIND_OF_INTENT
from backend.protocols.kinds import KINDS as KINDS_OF_PROTOCOL
from backend.protocols.steps import title_of

BOXES = {"mine": "Minhas", "queue": "Fila", "assistant": "Assistente"}
EMPTY_BOXES = {
    "mine": "Nenhuma conversa com você agora.",
    "queue": "A fila está vazia.",
    "assistant": "A assistente não está em nenhuma conversa agora.",
}
# The panel's parts, in the order of the keys that open them.
SECTIONS = {
    "conversation": "Conversa",
    "registration": "Cadastro",
    "appointments": "Consultas",
    "agenda": "Agendar",
    "invoices": "Faturas",
    "procedures": "Guias",
    "protocols": "Protocolos",
    "documents": "Documentos",
}
ROLES = {"attendant": "atendente", "operator": "operador", "admin": "administrador"}
STANDINGS = {
    "holder": "titular",
    "dependent": "dependente",
    "member": "agregado",
    "detached_member": "agregado desmembrado",
    "payer": "responsável financeiro",
}
CONTRACT_KINDS = {
    "individual": "individual",
    "family": "familiar",
    "collective": "coletivo empresarial",
    "sole_entrepreneur": "empresário individual",
}
INVOICE_STATES = {"open": "em aberto", "paid": "paga", "cancelled": "cancelada"}
APPOINTMENT_STATES = {"booked": "realizada ou passada", "moved": "remarcada", "cancelled": "cancelada"}
WAITING_STATES = {"waiting": "esperando vaga", "offered": "vaga oferecida, sem resposta ainda"}
# What an appointment is looked for by, where nothing fits exactly.
VACANCIES = {
    "exact": "Horários livres",
    "other_days": "Nada exatamente assim. Os mais próximos:",
    "other_doctors": "Nada com esse médico. Com outros:",
    "other_cities": "Nada nessa cidade. Em outras:",
    "none": "Nenhum horário livre na agenda.",
}
PROTOCOL_STATES = {"open": "aberto", "waiting": "em espera", "answered": "respondido", "closed": "concluído"}
# Kinds of protocols whose page leads to the arrears and notices of the contract.
ABOUT_ARREARS = ("debt", "debt_negotiation", "payment_report", "charge_dispute")
CLOSED_BY = {
    "attendant": "encerrada pelo atendimento",
    "assistant": "encerrada pela assistente",
    "silence": "encerrada por silêncio",
}
TURN_STATES = {
    "open": "aguardando a assistente",
    "answered": "respondido",
    "given_up": "sem resposta da assistente",
    "overtaken": "uma pessoa assumiu antes",
}
# Twilio's state of an outbound message → symbol, words, tone.
DELIVERIES = {
    "accepted": ("◷", "enviando", "waiting"),
    "scheduled": ("◷", "enviando", "waiting"),
    "queued": ("◷", "enviando", "waiting"),
    "sending": ("◷", "enviando", "waiting"),
    "sent": ("✓", "enviada", "sent"),
    "delivered": ("✓✓", "entregue", "delivered"),
    "read": ("✓✓", "lida", "read"),
    "failed": ("!", "não entregue", "failed"),
    "undelivered": ("!", "não entregue", "failed"),
}
HELD = ("◷", "espera a pessoa responder", "waiting")
UNSURE = ("◷", "confirmando o envio", "waiting")
# Why a message did not arrive, by Twilio's code.
FAILURES = {
    63003: "o número não tem WhatsApp",
    63024: "o número não pode receber mensagens",
    21211: "o número não é um telefone válido",
    21614: "o número não é um celular",
    21610: "a pessoa pediu para não receber mensagens",
    63016: "passaram 24 horas desde a última mensagem da pessoa",
    63005: "o WhatsApp recusou o conteúdo",
    63013: "o WhatsApp recusou o conteúdo",
    21617: "mensagem longa demais",
    63049: "o WhatsApp limitou mensagens para esta pessoa",
    63019: "o arquivo não pôde ser buscado",
    63018: "muitas mensagens ao mesmo tempo",
    20429: "muitas mensagens ao mesmo tempo",
    63007: "o nosso número precisa ser revisto",
    63021: "o nosso número precisa ser revisto",
    63027: "o modelo de mensagem não existe",
    20003: "o acesso ao WhatsApp precisa ser revisto",
}
UNKNOWN_FAILURE = "motivo não informado"
KINDS = {
    "image": "Imagem",
    "audio": "Áudio",
    "video": "Vídeo",
    "document": "Documento",
    "sticker": "Figurinha",
    "location": "Localização",
    "contacts": "Contato",
    "button": "tocou em uma opção",
    "list": "escolheu na lista",
    "template": "modelo aprovado",
    "unsupported": "Mensagem de um tipo que não chega por aqui. Peça para a pessoa escrever ou mandar de outro jeito.",
}
# Why a conversation changed hands, where a program wrote it; what a person wrote stands as it is.
REASONS = {
    "claimed": "assumiu",
    "given back": "devolvida",
    "asked": "pediu para falar com uma pessoa",
    "complaint": "reclamação",
    "emergency": "emergência",
    "identity_failed": "não conseguiu confirmar a identidade",
    "not_understood": "a assistente não entendeu",
    "assistant_unavailable": "a assistente não respondeu",
    "no_vacancy_in_time": "sem vaga dentro do prazo da ANS",
    "charge_not_found": "cobrança não encontrada nas faturas",
    "procedure_unknown": "procedimento não encontrado na tabela",
    "urgent_procedure": "procedimento urgente, sem resposta na hora",
    "not_covered": "plano encerrado ou sem cobertura",
    "slip_withheld": "boleto retido: precisa do financeiro",
    "payment_reported": "diz que já pagou",
    "authorization_unknown": "procura uma guia que não foi encontrada",
    "document_for_authorization": "tem um documento que falta na guia",
    "review_of_denial": "pede nova análise de uma negativa",
    "document": "enviou um documento sem dizer para quê",
    "card_wrong": "diz que a carteirinha está errada",
    "plastic_card": "precisa da carteirinha de plástico",
    "urgent_care": "cuidado que não pode esperar",
    "angry": "muito irritada com o atendimento",
    "legal": "fala em processo ou Procon",
    "not_the_person": "diz que não é a pessoa do cadastro",
    "provider_not_listed": "procura quem não está na rede",
}
# How a conversation's priority is called; the assistant sets it when it hands over.
PRIORITIES = {0: "", 1: "prioridade"}
MOST_URGENT = "urgente"
NOBODY = "Sem nome no WhatsApp"


def step(code: str) -> str:
    """A step of a protocol's history in words; an authorization's has its own text beside it."""
    return "andamento da guia" if code.startswith("authorization_") else title_of(code)


def reason(text: str) -> str:
    """A hand-over's reason in words: a known code, a process's title, or what a person wrote."""
    if text in REASONS:
        return REASONS[text]
    kind = KINDS_OF_PROTOCOL.get(text.removeprefix("request:")) if text.startswith("request:") else None
    return kind.title if kind else text


def priority(level: int) -> str:
    """`prioridade`, `urgente`, or nothing."""
    return PRIORITIES.get(level, MOST_URGENT)


def intent(name: str) -> str:
    """What an intent asks for, in words where a process has a title; else its name."""
    kind = KIND_OF_INTENT.get(name)
    return kind.title if kind else name.replace("_", " ")


def failure(code: int | None) -> str:
    """Why a message did not arrive, with Twilio's code for whoever looks it up."""
    if code is None:
        return UNKNOWN_FAILURE
    return f"{FAILURES.get(code, UNKNOWN_FAILURE)} (código {code})"
