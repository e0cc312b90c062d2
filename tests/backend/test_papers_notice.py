"""The whole notice says everything that RN 593 lists, worded for this contract, and never more than holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from backend.errors import InvalidInput
from backend.papers.evidence_print import Dossier, PrintedLink, evidence_pdf
from backend.papers.notice import Concerned, NoticedFee, NoticePaper, notice_pdf
from tests.backend.test_papers import LONG_NAME, OPERATOR

FEES = (
    NoticedFee(date(2026, 9, 1), date(2026, 9, 29), Decimal("980.40"), Decimal("1017.98"), 55),
    NoticedFee(date(2026, 10, 1), date(2026, 10, 29), Decimal("980.40"), Decimal("1008.18"), 25),
)
NOTICE = NoticePaper(
    operator=OPERATOR,
    people=(Concerned("Carlos Eduardo Nunes", "39053344705", "titular"),
            Concerned("Débora Nunes Alves", "15350946056", "dependente")),
    plan_name="Zelo Família", plan_ans_code="999999252", contract_number="10000002", fees=FEES, days=55,
    noticed_on=date(2026, 11, 23), deadline=date(2026, 12, 3), notice_days=10, least_fees=2, more_than_days=60,
    window_months=12, protocol_number="99999920261123000001",
)  # fmt: skip


def read(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_it_says_everything_that_the_rule_lists() -> None:
    said = read(notice_pdf(NOTICE))
    for words in (
        "Zelo Saúde", "99.000.888/0001-20", "999999", "Avenida dos Lençóis, 1000", "(98) 3000-0000",
        "Carlos Eduardo Nunes", "390.533.447-05", "Débora Nunes Alves", "153.509.460-56",
        "Zelo Família", "999999252", "10000002", "09/2026", "29/09/2026", "R$ 980,40", "R$ 1.017,98", "10/2026",
        "R$ 2.026,16", "2 mensalidades em aberto (09/2026 e 10/2026) e 55 dias de atraso",
        "10 dias corridos", "03/12/2026", "PIX ou boleto", "99999920261123000001",
    ):  # fmt: skip
        assert words in said, words


@pytest.mark.parametrize(
    ("paper", "has", "lacks"),
    [
        (NOTICE, "pelo menos 2 mensalidades sem pagamento nos últimos 12 meses", "60 dias"),
        (replace(NOTICE, least_fees=0), "mais de 60 dias de atraso, somados nos últimos 12 meses", "pelo menos"),
        (replace(NOTICE, in_hospital=True), "Enquanto o titular estiver internado, o contrato não é cancelado", "será"),
        (replace(NOTICE, already_cancelled=True), "já está cancelado", "poderá ser cancelado"),
        (replace(NOTICE, already_cancelled=True), "Você pode pagar por PIX ou boleto", "dias corridos"),
        (replace(NOTICE, already_cancelled=True), "este é um aviso de", "593/2023"),
        (replace(NOTICE, fees=(FEES[0],)), "1 mensalidade em aberto (09/2026)", "10/2026"),
    ],
)
def test_its_consequences_are_worded_for_the_contract(paper: NoticePaper, has: str, lacks: str) -> None:
    said = read(notice_pdf(paper))
    assert has in said
    assert lacks not in said


def test_what_may_follow_is_never_told_as_certain() -> None:
    said = read(notice_pdf(NOTICE))
    assert "poderá ser cancelado" in said
    assert "será cancelado" not in said
    assert "Nada disso é automático" in said


def test_the_delay_that_the_operator_caused_is_told_without_days() -> None:
    said = read(notice_pdf(replace(NOTICE, fees=(replace(FEES[0], excused=True), FEES[1]))))
    assert "não contam" in said
    assert "o atraso não foi seu" in said


def test_the_notice_of_a_small_family_is_one_page_with_the_channels_on_it() -> None:
    people = (*NOTICE.people, Concerned("Gilda Nunes Prates", "90010010769", "beneficiário"))
    content = notice_pdf(replace(NOTICE, people=people, in_hospital=True))
    assert len(PdfReader(BytesIO(content)).pages) == 1


def test_a_year_of_fees_and_a_large_family_go_over_pages_and_lose_nothing() -> None:
    fees = tuple(replace(FEES[0], billing_month=date(2025, month, 1)) for month in range(1, 13))
    people = (NOTICE.people[0], *(Concerned(f"{LONG_NAME} {n}", "15350946056", "dependente") for n in range(12)))
    content = notice_pdf(replace(NOTICE, fees=fees, people=people))
    said = read(content)
    assert len(PdfReader(BytesIO(content)).pages) > 1
    assert all(f"{month:02d}/2025" in said for month in range(1, 13))
    assert said.count("153.509.460-56") == 12


def test_the_same_notice_is_the_same_bytes() -> None:
    assert notice_pdf(NOTICE) == notice_pdf(NOTICE)


def test_a_notice_of_nothing_or_to_nobody_is_refused() -> None:
    for given in (replace(NOTICE, fees=()), replace(NOTICE, people=())):
        with pytest.raises(InvalidInput):
            notice_pdf(given)


LINK = PrintedLink(
    1, "Mensagem enviada", "23/11/2026 às 10:00:00", (("Texto", "Bom dia! 👍 " + "conteúdo " * 80),), "", "a" * 64
)
DOSSIER = Dossier(
    OPERATOR, "10000002", "Carlos Eduardo Nunes", "39053344705", "23/11/2026",
    (LINK, replace(LINK, ordinal=2, title="Entrega", previous="a" * 64, digest="b" * 64)), "b" * 64, None,
    "04/12/2026 às 09:00:00",
)  # fmt: skip


def test_the_dossier_has_every_link_with_its_digest_and_says_that_the_chain_is_whole() -> None:
    said = read(evidence_pdf(DOSSIER))
    for words in ("1. Mensagem enviada", "2. Entrega", "a" * 64, "b" * 64, "A cadeia está íntegra", "390.533.447-05"):
        assert words in said, words


def test_what_the_font_cannot_draw_is_written_by_its_code() -> None:
    assert "Bom dia! [U+1F44D] conteúdo" in read(evidence_pdf(DOSSIER))


def test_a_broken_chain_is_said_on_its_dossier() -> None:
    assert "não confere a partir do registro 2" in read(evidence_pdf(replace(DOSSIER, broken_at=2)))
