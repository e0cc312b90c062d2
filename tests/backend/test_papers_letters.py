"""The form, the letter, the proof and the protocol that are printed: what each says, and that it can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from backend.errors import InvalidInput
from backend.papers.charge_proof import ChargeProof, charge_proof
from backend.papers.column import printable
from backend.papers.denial_letter import Denial, denial_letter
from backend.papers.holder_form import CurrentHolder, FutureHolder, HolderForm, declared, holder_form
from backend.papers.layout import MM, PAGE_WIDTH, Operator, width_of
from backend.papers.protocol_print import ProtocolPrint, protocol_print

OPERATOR = Operator(
    "Zelo Saúde", "99000888000120", "999999", "Avenida dos Lençóis, 1000, São Luís, MA", "(98) 3000-0000"
)
NUMBER = "99999920261122000017"
LONG = "Maria Aparecida da Conceição Albuquerque de Vasconcelos Figueiredo e Souza Guimarães"
FORM = HolderForm(
    operator=OPERATOR, protocol_number=NUMBER, contract_number="T-1001", plan_name="Zelo Essencial",
    current=CurrentHolder("Débora Nunes Alves", "15350946056", date(1971, 4, 2)),
    future=FutureHolder(
        "Bruno Rocha Lima", "71459364295", date(1985, 3, 12), "Rua das Acácias, 120, São Luís, MA",
        "bruno@exemplo.invalid", "(98) 90000-0001",
    ),
    reason="other", reason_words="o titular vai morar em outro país", made_on=date(2026, 11, 22),
    dependents=("Ana Beatriz Rocha", "Caio Rocha Lima"),
)  # fmt: skip
BY_HAND = replace(FORM, current=replace(FORM.current, by_hand=True), future=replace(FORM.future, by_hand=True))
AFTER_A_DEATH = replace(FORM, reason="death", reason_words="", current=replace(FORM.current, deceased=True))
DENIAL = Denial(
    operator=OPERATOR, protocol_number=NUMBER, authorization_number="202611220001",
    beneficiary_name="Débora Nunes Alves", card_number="00641000000101", procedure="Correção de pálpebra",
    procedure_code="30301092", requesting_doctor="Caio Rocha Lima", requested_on=date(2026, 11, 16),
    decided_on=date(2026, 11, 20), reason="O exame enviado não mostra perda do campo de visão.",
    clause="Cláusula 8.2, procedimentos estéticos.", auditor="Elza Ferreira Conceição",
    auditor_registration="CRM-MA 0000", review_days=7,
)  # fmt: skip
PROOF = ChargeProof(
    operator=OPERATOR, protocol_number=NUMBER, beneficiary_name="Débora Nunes Alves", billing_month=date(2026, 10, 1),
    description="Coparticipação de consulta em pronto-socorro", procedure_code="10101039", amount=Decimal("1048.9"),
    finding="A guia do hospital tem a assinatura da recepção.", decided_by="Contas médicas",
    decided_on=date(2026, 11, 20), performed_on=date(2026, 10, 3), provider="Hospital das Acácias",
    authorization_number="202610030004",
)  # fmt: skip
OPENED = datetime(2026, 11, 23, 2, 59, tzinfo=UTC)  # the evening before in São Paulo
PROTOCOL = ProtocolPrint(
    operator=OPERATOR, number=NUMBER, kind="Troca de titularidade", opened_at=OPENED,
    due_at=OPENED + timedelta(days=9), person_name="Bruno Rocha Lima", team="Cadastro", stage="em conferência",
    printed_at=OPENED + timedelta(days=1),
    documents=(("RG", "aceito"), ("certidão de óbito", "precisa ser reenviada")),
    history=((OPENED, "pedido registrado"), (OPENED + timedelta(hours=1), "documentos recebidos")),
)  # fmt: skip
MANY_LINES = PROTOCOL.history * 40
PAPERS: dict[str, Callable[[], bytes]] = {
    "form, both live": lambda: holder_form(FORM),
    "form, one has died": lambda: holder_form(AFTER_A_DEATH),
    "form, filled in by hand": lambda: holder_form(BY_HAND),
    "form, everything long": lambda: holder_form(
        replace(
            FORM, current=replace(FORM.current, name=LONG), dependents=(LONG,) * 20, plan_name=LONG,
            future=FutureHolder(LONG, "71459364295", date(1985, 3, 12), LONG * 3, LONG, LONG), reason_words=LONG * 9,
        )
    ),
    "denial": lambda: denial_letter(DENIAL),
    "long denial": lambda: denial_letter(replace(DENIAL, reason="Um motivo com muitas palavras. " * 300)),
    "proof": lambda: charge_proof(PROOF),
    "proof, little known": lambda: charge_proof(
        replace(PROOF, performed_on=None, provider="", authorization_number="", procedure_code="")
    ),
    "proof without money": lambda: charge_proof(replace(PROOF, amount=None)),
    "protocol": lambda: protocol_print(PROTOCOL),
    "long protocol": lambda: protocol_print(replace(PROTOCOL, history=MANY_LINES)),
}  # fmt: skip


def read(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_the_same_each_time_and_stays_inside_its_margins(paper: str) -> None:
    pdf = PAPERS[paper]()
    assert pdf == PAPERS[paper]()
    for page in PdfReader(BytesIO(pdf)).pages:
        assert [round(float(side) / MM) for side in page.mediabox[2:]] == [210, 297]
        places: list[tuple[float, float, float]] = []

        def visit(text: str, _: object, place: list[float], font: dict[str, str] | None, size: float) -> None:
            if text.strip():
                face = "VeraBd" if "Bd" in (font or {}).get("/BaseFont", "") else "Vera"
                places.append((place[4], place[5], place[4] + width_of(text.strip(), face, size)))  # noqa: B023

        page.extract_text(visitor_text=visit)
        assert all(x > 14 * MM and y > 9 * MM and end < PAGE_WIDTH - 14 * MM for x, y, end in places)


@pytest.mark.parametrize("paper", [name for name in PAPERS if name.startswith("form")])
def test_the_form_is_one_page_whatever_is_in_it(paper: str) -> None:
    assert len(PdfReader(BytesIO(PAPERS[paper]())).pages) == 1


def test_the_form_says_who_follows_whom_and_who_stays() -> None:
    text = read(holder_form(FORM))
    for said in ("Troca de titularidade", NUMBER, "T-1001", "Zelo Essencial", "Débora Nunes Alves", "153.509.460-56",
                 "02/04/1971", "Bruno Rocha Lima", "714.593.642-95", "12/03/1985", "Rua das Acácias", "(98) 90000-0001",
                 "bruno@exemplo.invalid", "morar em outro país", "Ana Beatriz Rocha; Caio Rocha Lima.", "22/11/2026",
                 "Registro ANS nº 999999", "99.000.888/0001-20", "Avenida dos Lençóis"):  # fmt: skip
        assert said in text


def test_of_who_did_not_ask_the_form_says_name_and_masked_cpf_alone() -> None:
    text = read(holder_form(BY_HAND))
    for said in ("Débora Nunes Alves", "Bruno Rocha Lima"):
        assert said in text
    assert text.count("***.509.460-**") == text.count("***.593.642-**") == 2
    for kept in ("153.5", "714.5", "02/04/1971", "12/03/1985", "Acácias, 120", "bruno@", "90000-0001"):
        assert kept not in text


def test_both_holders_sign_where_both_live_and_one_where_the_other_has_died() -> None:
    both, one = read(holder_form(FORM)), read(holder_form(AFTER_A_DEATH))
    assert both.count("Assinatura de") == 2
    assert both.count("Cidade") == both.count("Data") == 2
    assert "Assinatura de Bruno Rocha Lima" in one
    assert "Assinatura de Débora Nunes Alves" not in one
    assert len(declared(FORM)) == len(declared(AFTER_A_DEATH)) + 1
    assert not any("de acordo" in sentence for sentence in declared(AFTER_A_DEATH))


def test_a_signed_form_cuts_no_name_and_counts_those_without_room() -> None:
    text = read(PAPERS["form, everything long"]())
    assert text.count(LONG) >= 4  # both holders and some of those who stay
    assert "pessoas do contrato." in text
    assert "Dependentes que continuam no contrato Nenhum." in read(holder_form(replace(FORM, dependents=())))


def test_a_denial_says_why_on_what_ground_who_decided_and_where_it_is_looked_at_again() -> None:
    text = read(denial_letter(DENIAL))
    for said in ("Negativa de autorização", NUMBER, "202611220001", "0064 1000 0001 01", "30301092", "Correção de pálpebra",
                 "Caio Rocha Lima", "16/11/2026", "20/11/2026", "perda do campo de visão", "Cláusula 8.2",
                 "Elza Ferreira Conceição, CRM-MA 0000", "em até 7 dias úteis", "ouvidoria", "(98) 3000-0000"):  # fmt: skip
        assert said in text
    assert "!" not in text
    assert "Informe: guia 202611220001." in read(denial_letter(replace(DENIAL, protocol_number="")))
    assert "em até 1 dia útil " in read(denial_letter(replace(DENIAL, review_days=1)))


@pytest.mark.parametrize("missing", ["reason", "clause", "auditor"])
def test_a_denial_without_reason_ground_or_a_name_under_it_is_not_printed(missing: str) -> None:
    with pytest.raises(InvalidInput):
        denial_letter(replace(DENIAL, **{missing: " "}))


def test_a_long_denial_keeps_every_word_and_numbers_its_pages() -> None:
    text = read(PAPERS["long denial"]())
    assert text.count("Um motivo com muitas palavras.") == 300
    pages = len(PdfReader(BytesIO(PAPERS["long denial"]())).pages)
    assert pages > 1
    assert f"Página {pages} de {pages}." in text
    assert text.count("Se você não concorda") == 1


def test_a_proof_shows_what_was_charged_and_what_was_found() -> None:
    text = read(charge_proof(PROOF))
    for said in ("10/2026", "outubro de 2026", "03/10/2026", "R$ 1.048,90", "Coparticipação de consulta", "10101039",
                 "Hospital das Acácias", "202610030004", NUMBER, "assinatura da recepção", "Contas médicas, em 20/11/2026",
                 "Débora Nunes Alves"):  # fmt: skip
        assert said in text
    assert "não informado" in read(PAPERS["proof, little known"]())


def test_a_proof_for_who_does_not_answer_for_the_contract_speaks_of_no_money() -> None:
    text = read(charge_proof(replace(PROOF, amount=None)))
    assert "03/10/2026" in text
    assert not [word for word in ("R$", "Valor", "fatura", "cobrança", "cobrado", "Competência") if word in text]


def test_a_printed_protocol_tells_times_as_they_were_on_the_wall() -> None:
    text = read(protocol_print(PROTOCOL))
    for said in (NUMBER, "Troca de titularidade", "Bruno Rocha Lima", "Cadastro", "22/11/2026 às 23:59", "01/12/2026",
                 "Em conferência", "RG Aceito", "Certidão de óbito Precisa ser reenviada", "Pedido registrado",
                 "23/11/2026 às 00:59", "Impresso em 23/11/2026 às 23:59", "(98) 3000-0000"):  # fmt: skip
        assert said in text
    assert "RG" not in read(protocol_print(replace(PROTOCOL, documents=())))


def test_a_long_history_goes_on_over_pages() -> None:
    text = read(PAPERS["long protocol"]())
    assert text.count("Documentos recebidos") == text.count("Pedido registrado") == 40
    assert "Página 2 de" in text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_whatever_people_write_is_printed_or_left_out_and_never_breaks_a_paper(words: str) -> None:
    assert "\n" not in printable(words)
    assert "�" not in printable("🙂")
    pdf = protocol_print(replace(PROTOCOL, person_name=words, stage=words, history=((OPENED, words),)))
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


def test_a_name_written_with_loose_accents_is_printed_with_them() -> None:
    assert printable("Jose\u0301 🙂 \x00 da\tSilva") == "José da Silva"
