"""The whole notice of delinquency, to which a message refers. [RN 593/2023: content; processes.md, 6]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from backend.errors import InvalidInput
from backend.money import billing_month, reais
from backend.papers.column import BOTTOM, Column, new_column, pages_of
from backend.papers.layout import ACCENT, BOLD, LEFT, MM, RIGHT, WIDTH, Operator, printed_cpf, printed_date

TITLE: Final = "Notificação de mensalidades em aberto"
_ROW: Final = 7 * MM
_LINE: Final = 5 * MM
_WAYS: Final = (
    "Você pode pagar por PIX ou boleto, com o valor atualizado, ou combinar um parcelamento com a nossa equipe."
)
# Where each value of a fee begins; the last two are set from the right.
_COLUMNS: Final = (("Competência", 0.0), ("Vencimento", 32 * MM), ("Dias de atraso", 64 * MM))
_AMOUNTS: Final = (("Valor", RIGHT - 42 * MM), ("Valor atualizado", RIGHT))


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person whom the notice concerns: name as in the register, CPF as eleven digits, 'titular', 'dependente', …"""

    name: str
    cpf: str
    part: str


@dataclass(frozen=True, slots=True)
class NoticedFee:
    """One unpaid fee: `amount` as it was charged, `total` up to date on the notice's day, both in reais.

    `excused`: its delay does not count, and no days are told for it.
    """

    billing_month: date
    due_on: date
    amount: Decimal
    total: Decimal
    days: int
    excused: bool = False


@dataclass(frozen=True, slots=True)
class NoticePaper:
    """What RN 593 asks a notice to say. `people`: who answers for the contract first, then each other one concerned.

    `noticed_on` is the day of its figures, `deadline` the tenth day where it is confirmed on that very day. `days` are
    those of arrears together. `least_fees` is how many unpaid fees the rule asks of this contract, 0 where it asks for
    more than `more_than_days`; `in_hospital` that nothing may end while the holder is.
    """

    operator: Operator
    people: tuple[Concerned, ...]
    plan_name: str
    plan_ans_code: str
    contract_number: str
    fees: tuple[NoticedFee, ...]
    days: int
    noticed_on: date
    deadline: date
    notice_days: int
    least_fees: int
    more_than_days: int
    window_months: int
    protocol_number: str = ""
    in_hospital: bool = False
    already_cancelled: bool = False

    @property
    def total(self) -> Decimal:
        """All that it names, up to date, in reais."""
        return sum((fee.total for fee in self.fees), Decimal())


def notice_pdf(notice: NoticePaper) -> bytes:
    """The notice on A4 pages, the same bytes each time; InvalidInput where nobody is named or nothing is unpaid."""
    if not notice.people or not notice.fees:
        raise InvalidInput("A notificação precisa da pessoa e do que está em aberto.", detail="empty notice")
    return pages_of(lambda pages: _drawn(notice, pages))


def _drawn(notice: NoticePaper, pages: int) -> tuple[bytes, int]:
    reference = f"contrato {notice.contract_number}" + (
        f", protocolo {notice.protocol_number}" if notice.protocol_number else ""
    )
    column = new_column(
        notice.operator, TITLE, foot=f"Notificação de {printed_date(notice.noticed_on)}, {reference}.", pages=pages
    )
    column.heading("Há mensalidades em aberto no seu plano")
    column.paragraph(f"{notice.people[0].name}, {_purpose(notice)}", gap=8 * MM)
    _people(column, notice)
    _fees(column, notice)
    _deadline(column, notice)
    _consequences(column, notice)
    _channels(column, notice)
    return column.paper.done(), column.page


def _purpose(notice: NoticePaper) -> str:
    paid = "Se você já pagou, desconsidere e envie o comprovante por um dos canais que estão no fim."
    if notice.already_cancelled:
        return (
            f"este é um aviso de {notice.operator.name} sobre as mensalidades abaixo, que continuam em aberto. {paid}"
        )
    return (
        f"esta é a notificação de {notice.operator.name} sobre as mensalidades abaixo, como pede a Resolução Normativa "
        f"nº 593/2023 da Agência Nacional de Saúde Suplementar (ANS). {paid}"
    )


def _people(column: Column, notice: NoticePaper) -> None:
    column.section("Quem recebe e quem faz parte do contrato")
    for person in notice.people:
        words = f"{person.name}, CPF {printed_cpf(person.cpf)}"
        column.line(person.part.capitalize(), words, at=42 * MM)
    column.section("O plano")
    column.facts(
        ("Plano", notice.plan_name, 0.4), ("Registro do plano na ANS", notice.plan_ans_code, 0.28),
        ("Contrato", notice.contract_number, 0.32),
    )  # fmt: skip


def _fees(column: Column, notice: NoticePaper) -> None:
    column.section("O que está em aberto", followed_by=3 * _ROW)
    _heads(column)
    for fee in notice.fees:
        if column.y - _ROW < BOTTOM:
            column.room(2 * _ROW)
            _heads(column)
        column.y -= _ROW
        days = "não contam" if fee.excused else str(fee.days)
        values = (billing_month(fee.billing_month), printed_date(fee.due_on), days)
        for value, (_, place) in zip(values, _COLUMNS, strict=True):
            column.paper.text((LEFT + place, column.y), value, size=9.5)
        for amount, (_, place) in zip((fee.amount, fee.total), _AMOUNTS, strict=True):
            column.paper.text((place, column.y), reais(amount), size=9.5, align="right")
        column.paper.rule(column.y - 2 * MM)
    column.room(_ROW + 6 * MM)
    column.y -= _ROW + 1 * MM
    label = f"Total atualizado em {printed_date(notice.noticed_on)}"
    column.paper.text((LEFT, column.y), label, size=10.5, font=BOLD)
    column.paper.text((RIGHT, column.y), reais(notice.total), size=10.5, font=BOLD, align="right", fit=WIDTH / 2)
    column.paragraph(f"Ao todo: {_counted(notice)}.", gap=6 * MM)
    if any(fee.excused for fee in notice.fees):
        column.paragraph(
            "Onde está 'não contam', o atraso não foi seu: esses dias ficam fora da conta que a regra da ANS faz.",
            gap=6 * MM,
        )


def _heads(column: Column) -> None:
    column.y -= _ROW
    for label, place in _COLUMNS:
        column.paper.text((LEFT + place, column.y), label, size=8, font=BOLD, color=ACCENT)
    for label, place in _AMOUNTS:
        column.paper.text((place, column.y), label, size=8, font=BOLD, color=ACCENT, align="right")


def _counted(notice: NoticePaper) -> str:
    """'2 mensalidades em aberto (09/2026 e 10/2026) e 55 dias de atraso'."""
    months = [billing_month(fee.billing_month) for fee in notice.fees]
    named = months[0] if len(months) == 1 else f"{', '.join(months[:-1])} e {months[-1]}"
    fees = "1 mensalidade em aberto" if len(months) == 1 else f"{len(months)} mensalidades em aberto"
    days = "1 dia de atraso" if notice.days == 1 else f"{notice.days} dias de atraso"
    return f"{fees} ({named}) e {days}"


def _deadline(column: Column, notice: NoticePaper) -> None:
    if notice.already_cancelled:
        column.note("Como resolver", _WAYS)
        return
    words = (
        f"Você tem {notice.notice_days} dias corridos, contados do dia seguinte ao recebimento desta notificação, para "
        f"pagar ou negociar. Se você confirmar que está ciente hoje, {printed_date(notice.noticed_on)}, o prazo vai "
        f"até {printed_date(notice.deadline)}.\n{_WAYS} Se algum valor não parecer certo, fale com a "
        f"gente dentro do prazo: respondemos, e a partir da resposta você tem mais {notice.notice_days} dias."
    )
    column.note("Como e até quando resolver", words)


def _consequences(column: Column, notice: NoticePaper) -> None:
    if notice.already_cancelled:
        column.section("Sobre o seu contrato")
        column.paragraph(
            "O seu contrato já está cancelado. O valor em aberto continua devido e poderá ser cobrado na Justiça ou "
            "informado aos serviços de proteção ao crédito, se não for pago nem negociado."
        )
        return
    column.section("O que poderá acontecer depois do prazo")
    column.paragraph(
        f"{_rule(notice)} Se o valor não for pago nem negociado até o fim do prazo e essa situação continuar, o "
        "contrato poderá ser cancelado, e a cobrança poderá ir à Justiça ou aos serviços de proteção ao crédito. Nada "
        "disso é automático: uma pessoa da nossa equipe analisa cada caso."
    )
    if notice.in_hospital:
        column.paragraph("Enquanto o titular estiver internado, o contrato não é cancelado.")


def _rule(notice: NoticePaper) -> str:
    """What the rule asks of this contract, in one sentence. [RN 617/2024: the contract's date decides]"""
    within = f"nos últimos {notice.window_months} meses"
    if notice.least_fees:
        fees = "uma mensalidade" if notice.least_fees == 1 else f"{notice.least_fees} mensalidades"
        return f"Pela data do seu contrato, a regra da ANS considera pelo menos {fees} sem pagamento {within}."
    return (
        f"Pela data do seu contrato, a regra da ANS considera mais de {notice.more_than_days} dias de atraso, somados "
        f"{within}."
    )


def _channels(column: Column, notice: NoticePaper) -> None:
    operator, number = notice.operator, notice.protocol_number
    chat = "na mesma conversa em que você recebeu esta notificação" if number else "no nosso número oficial"
    protocol = f" Informe o protocolo {number}." if number else ""
    column.section("Fale com a gente", followed_by=4 * _LINE)
    column.paragraph(
        f"{operator.name}, CNPJ {operator.printed_cnpj}, registro na ANS nº {operator.ans_registration}. "
        f"{operator.address}.\nTelefone {operator.phone} e WhatsApp, {chat}.{protocol}"
    )
