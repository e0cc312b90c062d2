"""Why a row of a campaign is done, or was left out: codes, and how pages and sheets say them. Pure."""

from __future__ import annotations

# Who is not called at all.
LEFT_OUT: dict[str, str] = {
    "bad_line": "A linha tem um erro",
    "not_found": "O CPF não está no cadastro",
    "not_answering": "Não responde pelo contrato",
    "duplicate": "O contrato já está em outra linha da lista",
    "listed_elsewhere": "Já está em outra campanha em andamento",
    "paid": "Não há nada em atraso no sistema",
    "excused": "O atraso foi causado pela operadora",
    "too_few_days": "Menos dias de atraso do que o plano pede",
    "in_hospital": "Está em internação",
    "no_number": "Sem telefone no cadastro",
    "marked": "Todos os telefones do cadastro são de outra pessoa",
    "deceased": "Falecimento informado",
    "stopped": "Pediu para não receber mais mensagens",
}
# What a call, or a contact of the person's own, led to.
REACHED: dict[str, str] = {
    "told": "Conteúdo informado, sem notificação que conte",
    "refused": "Recusou-se a tratar do assunto",
    "says_paid": "Diz que já pagou: em conferência no financeiro",
    "negotiated": "Em negociação",
    "notified": "Notificação com ciência confirmada",
    "wrong_number": "O telefone é de outra pessoa",
    "refuse": "Não quis conversar",
    "legal": "Falou em processo judicial",
    "unreachable": "Nenhum telefone do cadastro recebe mensagens",
    "no_answer": "Sem resposta",
    "ended": "A campanha terminou antes do contato",
}
OUTCOMES: dict[str, str] = LEFT_OUT | REACHED
# What an attempt became that never left (its hours were over, or it was taken back): it was none.
UNSENT = ("expired", "withdrawn")
# Of two things that a person's contacts led to, the later of these stands in the sheet.
_FURTHER = ("told", "refused", "says_paid", "negotiated", "notified", "paid")


def further(before: str, reached: str) -> str:
    """The outcome that stands when `reached` comes after `before`: never a step back. Pure."""
    if before not in _FURTHER or reached not in _FURTHER:
        return reached
    return max(before, reached, key=_FURTHER.index)
