"""Second copies as people ask for them: whole dialogues, what arrived on the telephone, what stands in the books."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from email import message_from_bytes, policy
from typing import Any

import pytest

from backend.invoices.arrears import payable_until
from backend.invoices.pix import crc16
from backend.invoices.slip import BarCode
from backend.money import billing_month, reais, spoken_month
from backend.words import numeric_date
from tests.conversations.people import ANA, CARLOS, DEBORA, ELZA, of_protocols, owner, protocols, summary, tell
from tests.stack import Stack, eventually

LIVIA = "90010035320 27/02/1991 vera sarmento"
NORMA = "cpf 900.100.475-06, 31/07/1970, mãe Dalva Gusmão"
QUIRINO = "900.100.608-63, nasci em 11/08/1987, Zuleide Bastos"
IRENE = "90010012974, 21/12/1958, mae odete vasques"
CONTRACTS = {"ana": "10000001", "carlos": "10000002", "elza": "10000003", "irene": "10000006", "livia": "10000008",
             "norma": "10000010", "quirino": "10000012"}  # fmt: skip
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = [{"content_type": "image/png", "base64": PNG}]
MONEY = re.compile(
    r"R\$|\d,\d\d\b|financeir|venciment|venc[eiu]|d[ií]vid|d[eé]bit|fatura|boleto de|\d\d/20\d\d", re.IGNORECASE
)


def invoices(stack: Stack, who: str, state: str = "open") -> list[tuple[Any, ...]]:
    """Somebody's invoices, oldest first: (id, billing month, due date, amount)."""
    query = (
        "SELECT i.id, i.billing_month, i.due_on, i.amount FROM invoice i JOIN contract c ON c.id = i.contract_id"
        " WHERE c.number = %s AND i.state = %s ORDER BY i.billing_month"
    )
    return stack.rows(query, CONTRACTS[who], state)


def slips(stack: Stack, phone: str) -> list[tuple[Any, ...]]:
    """What was issued under the phone's protocols, by month: (month, due date, fine, interest, total, line, pix)."""
    query = (
        "SELECT i.billing_month, s.due_on, s.fine, s.interest, s.total, s.digitable_line, s.pix FROM issued_slip s"
        " JOIN invoice i ON i.id = s.invoice_id JOIN protocol r ON r.id = s.protocol_id"
        " JOIN conversation c ON c.id = r.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s ORDER BY i.billing_month"
    )
    return stack.rows(query, f"whatsapp:{phone}")


def files(stack: Stack, phone: str) -> list[tuple[str, str]]:
    """The files that the phone was sent: (type, name); each was really fetched, and none is empty."""

    def sends() -> list[dict[str, Any]]:
        return [send for send in stack.log()["sends"] if send["to"] == f"whatsapp:{phone}"]

    with_file = "SELECT count(*) FROM outbox WHERE recipient = %s AND media_id IS NOT NULL"
    [(expected,)] = stack.rows(with_file, f"whatsapp:{phone}")
    eventually(lambda: sum(len(send["fetched"]) for send in sends()) == expected, what=f"{expected} fetched files")
    fetched = [item for send in sends() for item in send["fetched"]]
    assert all(item["size"] > 500 for item in fetched)
    return [(item["content_type"], item["name"]) for item in fetched]


def today(stack: Stack) -> date:
    """Business time's day in the operator's zone."""
    return stack.rows("SELECT (business_now() AT TIME ZONE 'America/Sao_Paulo')::date")[0][0]  # type: ignore[no-any-return]


def steps(stack: Stack, phone: str) -> list[str]:
    """The history of the phone's protocols."""
    return [step for (step,) in of_protocols(stack, phone, "protocol_entry", "x.step")]


def mails(stack: Stack, phone: str) -> list[tuple[Any, ...]]:
    """E-mails under the phone's protocols: (recipient, kind, state, id)."""
    return of_protocols(stack, phone, "mail", "x.recipient, x.kind, x.state, x.id")


def only_protocol(stack: Stack, phone: str) -> tuple[str, str]:
    """Kind and state of the phone's one protocol."""
    [(kind, state, _)] = protocols(stack, phone)
    return kind, state


def forget_identity(stack: Stack, phone: str) -> None:
    """Half an hour of silence, as far as the identity is concerned."""
    stack.run(
        "UPDATE identity_check SET last_seen_at = last_seen_at - interval '31 minutes' WHERE conversation_id IN"
        " (SELECT c.id FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE p.address = %s)",
        f"whatsapp:{phone}",
    )


@contextmanager
def changed(stack: Stack, table: str, column: str, row: object, value: str) -> Iterator[None]:
    """A row that is otherwise for as long as the block runs."""
    [(before,)] = stack.rows(f"SELECT {column} FROM {table} WHERE id = %s", row)  # noqa: S608 (names of our own)
    stack.run(f"UPDATE {table} SET {column} = %s WHERE id = %s", value, row)  # noqa: S608
    try:
        yield
    finally:
        stack.run(f"UPDATE {table} SET {column} = %s WHERE id = %s", before, row)  # noqa: S608


def person_id(stack: Stack, cpf: str) -> object:
    return stack.rows("SELECT id FROM beneficiary WHERE cpf = %s", cpf)[0][0]


def late_fees(amount: Decimal, due_on: date, until: date) -> tuple[Decimal, Decimal]:
    """Fine and interest as a clerk would work them out: 2 %, and 1 % a month by the day, from the last day in time."""
    days = (until - payable_until(due_on, state="MA")).days
    fine, interest = amount * 2 / 100, amount * days / 3000
    return tuple(fee.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) for fee in (fine, interest))  # type: ignore[return-value]


ONE_SLIP = ["boleto-{0}.pdf", "pix-{0}.png"]


def names(month: date, patterns: list[str] = ONE_SLIP) -> list[str]:
    return [pattern.format(f"{month:%Y-%m}") for pattern in patterns]


def test_all_in_one_message_brings_the_overdue_slip_up_to_date(stack: Stack, phone: str) -> None:
    _, (_, month, due_on, amount), _ = invoices(stack, "carlos")
    said = tell(stack, phone, f"2a via de {spoken_month(month)}, cpf 39053344705, 02/11/1978, mãe Teresa Nunes")
    [(billed, valid_until, fine, interest, total, line, pix)] = slips(stack, phone)
    assert (billed, valid_until >= today(stack)) == (month, True)
    assert (fine, interest) == late_fees(amount, due_on, valid_until)
    assert total == amount + fine + interest
    for part in (
        billing_month(month),
        reais(amount),
        reais(fine),
        reais(interest),
        reais(total),
        numeric_date(valid_until),
    ):
        assert part in said
    bodies = stack.received(phone)
    assert line in bodies, "alone, to be copied"
    assert pix in bodies, "alone, to be copied"
    assert BarCode.from_line(line).amount == total
    assert pix.endswith(crc16(pix[:-4]))
    assert files(stack, phone) == list(zip(("application/pdf", "image/png"), names(month), strict=True))
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")
    assert steps(stack, phone) == ["opened", "slip_issued", "sent_by_chat", "closed"]


def test_the_only_open_invoice_is_sent_at_once_without_fine(stack: Stack, phone: str) -> None:
    tell(stack, phone, "oi, bom dia")
    assert "CPF" in tell(stack, phone, "não recebi o boleto esse mês")
    assert "mãe" in tell(stack, phone, "529.982.247-25 e nasci em 12 de março de 85")
    said = tell(stack, phone, "Lúcia Rocha")
    [(_, month, due_on, amount)] = invoices(stack, "ana")
    [(billed, valid_until, fine, interest, total, _, _)] = slips(stack, phone)
    assert (billed, valid_until, fine, interest, total) == (month, due_on, 0, 0, amount)
    assert "Multa" not in said
    assert [name for _, name in files(stack, phone)] == names(month)
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_several_open_ones_are_offered_with_month_amount_and_due_date_and_two_are_taken(
    stack: Stack, phone: str
) -> None:
    tell(stack, phone, "quero pagar meus boletos")
    said = tell(stack, phone, CARLOS)
    listed = invoices(stack, "carlos")
    assert len(listed) == 3
    for _, month, due_on, _ in listed:
        assert re.search(rf"{billing_month(month)}: R\$ [\d.,]+, venc\w+ em {numeric_date(due_on)}", said)
    assert "Todas" in said
    tell(stack, phone, "os dois atrasados")
    assert [row[0] for row in slips(stack, phone)] == [listed[0][1], listed[1][1]]
    assert [name for _, name in files(stack, phone)] == [*names(listed[0][1]), *names(listed[1][1])]
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_two_of_three_are_nobodys_guess(stack: Stack, phone: str) -> None:
    tell(stack, phone, "quero pagar meus boletos")
    tell(stack, phone, CARLOS)
    assert "Olá" not in tell(stack, phone, "oi, tô aqui")
    said = tell(stack, phone, "manda os dois")
    assert "São 3 faturas em aberto." in said
    assert "Qual fatura você quer?" in said
    assert slips(stack, phone) == []


def test_an_unknown_month_is_said_kindly_and_a_change_of_mind_brings_the_pix_alone(stack: Stack, phone: str) -> None:
    said = tell(stack, phone, f"2 via de março de 2019. {CARLOS}")
    assert "Não encontrei fatura de 03/2019" in said
    assert "Qual fatura você quer?" in said
    tell(stack, phone, "ah não, me passa só o pix da mais antiga")
    [(month, *_, line, pix)] = slips(stack, phone)
    assert month == invoices(stack, "carlos")[0][1]
    assert pix in stack.received(phone)
    assert line not in stack.received(phone)
    assert [name for _, name in files(stack, phone)] == names(month, ["pix-{0}.png"])
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_a_paid_month_is_said_and_its_receipt_offered(stack: Stack, phone: str) -> None:
    month = invoices(stack, "ana", "paid")[-1][1]
    said = tell(stack, phone, f"preciso do boleto de {spoken_month(month)} {ANA}")
    assert f"Já está pago: {billing_month(month)}. Quer o recibo?" in said
    tell(stack, phone, "quero sim")
    assert files(stack, phone) == [("application/pdf", f"recibo-{month:%Y-%m}.pdf")]
    assert slips(stack, phone) == []
    assert steps(stack, phone) == ["opened", "receipt_sent", "closed"]


def test_by_email_the_registered_address_is_confirmed_first(stack: Stack, phone: str) -> None:
    tell(stack, phone, "me manda o boleto no meu email por favor")
    said = tell(stack, phone, ANA)
    assert "an***@exemplo.invalid" in said
    assert "ana@" not in said
    assert slips(stack, phone) == []
    assert "enviei para an***@exemplo.invalid" in tell(stack, phone, "isso, pode mandar")
    eventually(lambda: mails(stack, phone)[0][2] == "sent", what="the e-mail")
    [(recipient, kind, _, mail_id)] = mails(stack, phone)
    assert (recipient, kind) == ("ana@exemplo.invalid", "slip")
    letter: Any = message_from_bytes((stack.folder / "mail" / f"{mail_id}.eml").read_bytes(), policy=policy.default)
    [(month, *_, line, pix)] = slips(stack, phone)
    body = letter.get_body(("plain",)).get_content()
    assert line in body
    assert pix in body.replace("\n", "")
    assert [part.get_filename() for part in letter.iter_attachments()] == names(month, ["boleto-{0}.pdf"])
    assert files(stack, phone) == []
    assert steps(stack, phone) == ["opened", "slip_issued", "sent_by_mail", "closed"]


def test_no_other_address_than_the_registered_one_is_written_to(stack: Stack, phone: str) -> None:
    tell(stack, phone, f"fatura por email {ANA}")
    said = tell(stack, phone, "não, manda pra outra.pessoa@exemplo.com")
    assert "só mando para o e-mail do cadastro" in said
    tell(stack, phone, "então manda por aqui mesmo")
    assert mails(stack, phone) == []
    assert len(slips(stack, phone)) == 1
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_without_an_address_it_is_said_and_an_attendant_takes_over(stack: Stack, phone: str) -> None:
    with changed(stack, "beneficiary", "email", person_id(stack, "90010047506"), ""):
        month = invoices(stack, "norma")[0][1]
        tell(stack, phone, f"Gostaria de receber por e-mail a fatura de {billing_month(month)}.")
        assert "Não há e-mail no seu cadastro" in tell(stack, phone, NORMA)
        tell(stack, phone, "2")
    assert owner(stack, phone) == ("team", "finance")
    assert only_protocol(stack, phone) == ("invoice_copy", "open")
    assert "Segunda via, por e-mail" in summary(stack, phone)


def test_where_no_slip_may_be_issued_finance_gets_the_request(stack: Stack, phone: str) -> None:
    [(invoice_id, month, _, _)] = invoices(stack, "quirino")
    with changed(stack, "invoice", "slip_withheld", invoice_id, "desconto em folha devolvido"):
        said = tell(stack, phone, f"boleto {QUIRINO}")
    assert f"O boleto de {billing_month(month)} precisa ser emitido por uma pessoa" in said
    assert (slips(stack, phone), files(stack, phone)) == ([], [])
    assert owner(stack, phone) == ("team", "finance")
    assert only_protocol(stack, phone) == ("invoice_copy", "open")
    assert "desconto em folha devolvido" in summary(stack, phone)


def test_a_years_statement_is_asked_for_in_words_until_a_year_has_payments(stack: Stack, phone: str) -> None:
    tell(stack, phone, "preciso do demonstrativo de pagamentos do plano")
    assert "De qual ano" in tell(stack, phone, ANA)
    assert "Não encontrei pagamentos em 2019" in tell(stack, phone, "2019")
    tell(stack, phone, "o do ano passado")
    assert files(stack, phone) == [("application/pdf", f"demonstrativo-{today(stack).year - 1}.pdf")]
    assert steps(stack, phone) == ["opened", "statement_sent", "closed"]


def test_a_dependent_never_hears_of_money_at_any_step(stack: Stack, phone: str) -> None:
    tell(stack, phone, "segunda via do boleto")
    said = tell(stack, phone, DEBORA)
    assert "titular" in said
    assert "pendências administrativas" in said
    for wish in (
        "mas eu quero o boleto de outubro",
        "me passa só o pix então",
        "manda no meu email a fatura",
        "quero o recibo do mês passado",
        "demonstrativo de pagamentos de 2025",
        "boletos atrasados, todos",
    ):
        assert "pendências administrativas" in tell(stack, phone, wish)
    everything = "\n".join(stack.received(phone)).replace("Segunda via de boleto", "")
    assert not MONEY.search(everything), MONEY.search(everything)
    assert (slips(stack, phone), files(stack, phone), mails(stack, phone)) == ([], [], [])
    assert {state for _, state, _ in protocols(stack, phone)} == {"closed"}


def test_what_was_offered_to_the_holder_is_not_asked_of_the_dependent_who_takes_the_telephone(
    stack: Stack, phone: str
) -> None:
    tell(stack, phone, f"meus boletos em aberto {CARLOS}")
    forget_identity(stack, phone)
    assert "CPF" in tell(stack, phone, "todas")
    said = tell(stack, phone, DEBORA)
    assert "pendências administrativas" in said
    assert not MONEY.search(said), said
    later = tell(stack, phone, "todas")
    assert not MONEY.search(later), later
    assert slips(stack, phone) == []


def test_after_half_an_hour_of_silence_identity_is_asked_again_and_the_question_stands(
    stack: Stack, phone: str
) -> None:
    tell(stack, phone, "me vê os boletos que tão em aberto")
    tell(stack, phone, CARLOS)
    forget_identity(stack, phone)
    assert "CPF" in tell(stack, phone, "4")
    assert slips(stack, phone) == []
    assert "Qual fatura você quer?" in tell(stack, phone, CARLOS)
    tell(stack, phone, "4")
    assert len(slips(stack, phone)) == 3
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_a_second_need_in_the_middle_is_worked_and_the_first_goes_on(stack: Stack, phone: str) -> None:
    tell(stack, phone, f"segunda via da mensalidade {CARLOS}")
    said = tell(stack, phone, "antes disso, quando é minha consulta?")
    assert "Consulta de agendamentos" in said
    assert "Voltando ao seu pedido: Segunda via de boleto" in said
    tell(stack, phone, "a última")
    listed = invoices(stack, "carlos")
    assert [row[0] for row in slips(stack, phone)] == [listed[-1][1]]
    assert [(kind, state) for kind, state, _ in protocols(stack, phone)] == [
        ("invoice_copy", "closed"), ("appointment_list", "closed"),
    ]  # fmt: skip


def test_a_file_that_nobody_asked_for_is_kept_and_the_question_goes_on(stack: Stack, phone: str) -> None:
    phone = phone[:5] + "8" + phone[7:]  # an old WhatsApp id, without the ninth digit
    tell(stack, phone, "minha filha o moço do correio não trouxe o boleto")
    tell(stack, phone, ELZA)
    said = tell(stack, phone, "", media=PICTURE)
    assert "ficou guardado" in said
    assert "até 3 dias úteis" in said
    assert "Qual fatura você quer?" in tell(stack, phone, "não precisa")
    tell(stack, phone, "o vencido")
    assert [row[0] for row in slips(stack, phone)] == [invoices(stack, "elza")[0][1]]
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_a_proof_of_payment_in_the_middle_goes_to_finance_where_the_person_wants_it(stack: Stack, phone: str) -> None:
    tell(stack, phone, f"quero ver meus boletos {ELZA}")
    assert "até 3 dias úteis" in tell(stack, phone, "esse eu já paguei, segue comprovante", media=PICTURE)
    tell(stack, phone, "quero")
    assert owner(stack, phone) == ("team", "finance")
    assert "comprovante de pagamento" in summary(stack, phone)
    assert only_protocol(stack, phone) == ("invoice_copy", "open")
    assert slips(stack, phone) == []


def test_having_paid_already_is_another_need_with_its_own_protocol(stack: Stack, phone: str) -> None:
    tell(stack, phone, f"boletos {ELZA}")
    said = tell(stack, phone, "eu já paguei isso faz uma semana")
    assert "Conferência de comprovante" in said
    assert [kind for kind, _, _ in protocols(stack, phone)] == ["invoice_copy", "payment_report"]
    assert slips(stack, phone) == []


def test_who_pays_without_being_covered_gets_slips_in_her_name(stack: Stack, phone: str) -> None:
    tell(stack, phone, "bom dia, me manda os boletos do meu neto")
    tell(stack, phone, IRENE)
    tell(stack, phone, "1 e 2")
    listed = invoices(stack, "irene")
    assert [row[0] for row in slips(stack, phone)] == [row[1] for row in listed]
    assert len(listed) == 2
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_three_wrong_identities_hand_over_and_nothing_was_said(stack: Stack, phone: str) -> None:
    tell(stack, phone, "linha digitável do boleto")
    for _ in range(3):
        tell(stack, phone, "390.533.447-05, 02/11/1978, Tereza Moura")
    assert owner(stack, phone) == ("team", "finance")
    everything = "\n".join(stack.received(phone)).replace("Segunda via de boleto", "").replace("setor Financeiro", "")
    assert not MONEY.search(everything), MONEY.search(everything)
    assert only_protocol(stack, phone) == ("invoice_copy", "open")


def test_what_was_paid_yesterday_is_said_so_and_the_open_one_is_taken_instead(stack: Stack, phone: str) -> None:
    [(month,)] = stack.rows(
        "SELECT i.billing_month FROM invoice i JOIN contract c ON c.id = i.contract_id"
        " WHERE c.number = %s ORDER BY i.paid_on DESC NULLS LAST LIMIT 1",
        CONTRACTS["livia"],
    )
    tell(stack, phone, f"boleto de {spoken_month(month)}")
    assert "Quer o recibo?" in tell(stack, phone, LIVIA)
    tell(stack, phone, "não, quero o código de barras do que está em aberto")
    [(billed, *_, line, pix)] = slips(stack, phone)
    assert billed == invoices(stack, "livia")[0][1]
    assert line in stack.received(phone)
    assert pix not in stack.received(phone)
    assert files(stack, phone) == []
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_three_answers_that_say_nothing_bring_a_person(stack: Stack, phone: str) -> None:
    tell(stack, phone, f"segunda via {CARLOS}")
    for nonsense in ("xpto zzkw", "qwk jjj"):
        assert "Não entendi essa resposta" in tell(stack, phone, nonsense)
    tell(stack, phone, "kqz hhh")
    assert owner(stack, phone) == ("team", "finance")
    assert only_protocol(stack, phone) == ("invoice_copy", "open")


def test_nothing_is_sent_to_who_needs_nothing_after_all(stack: Stack, phone: str) -> None:
    tell(stack, phone, f"quero o recibo de pagamento {CARLOS}")
    assert "não mandei nada" in tell(stack, phone, "não, nenhum desses")
    assert (files(stack, phone), slips(stack, phone)) == ([], [])
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


def test_many_receipts_become_a_statement(stack: Stack, phone: str) -> None:
    tell(stack, phone, f"quero os recibos {ANA}")
    assert "reúne todos" in tell(stack, phone, "todos")
    tell(stack, phone, "1")
    assert files(stack, phone) == [("application/pdf", f"demonstrativo-{today(stack).year}.pdf")]
    assert only_protocol(stack, phone) == ("invoice_copy", "closed")


@pytest.mark.parametrize(
    ("wishes", "question"),
    [
        (["segunda via do boleto"], "CPF"),
        ([f"segunda via {CARLOS}"], "Qual fatura"),
        ([f"manda a fatura por email {ANA}"], "e-mail do seu cadastro"),
        ([f"manda a fatura por email {ANA}", "é outro e-mail"], "só mando para o e-mail do cadastro"),
        ([f"demonstrativo de pagamentos {ANA}"], "De qual ano"),
        ([f"recibo de pagamento {ANA}"], "De qual mês"),
    ],
    ids=["identity", "which", "mail", "other_mail", "year", "receipt"],
)
def test_a_person_is_one_word_away_at_each_step(stack: Stack, phone: str, wishes: list[str], question: str) -> None:
    for wish in wishes:
        said = tell(stack, phone, wish)
    assert question in said
    tell(stack, phone, "atendente")
    assert owner(stack, phone) == ("team", "finance")
    assert only_protocol(stack, phone) == ("invoice_copy", "open")
    assert slips(stack, phone) == []


def test_the_demos_invoices_stand_as_they_stood(stack: Stack, phone: str) -> None:
    settled_states = stack.rows("SELECT count(*) FROM invoice WHERE slip_withheld <> ''")
    assert settled_states == [(0,)]
    assert len(invoices(stack, "carlos")) == 3
    assert phone
