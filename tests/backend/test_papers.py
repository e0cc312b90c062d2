"""Papers say what they must, with accents, on one page; their bar code and QR code hold what they were made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import segno
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

from backend.invoices.arrears import updated
from backend.invoices.pix import PixReceiver, copy_and_paste
from backend.invoices.slip import BankAccount, BarCode
from backend.papers.layout import MM, PAGE_WIDTH, Operator
from backend.papers.member_card import SIZE, MemberCard, grouped, member_card_png
from backend.papers.receipt import Receipt, receipt_pdf
from backend.papers.slip import BAR_CODE_HEIGHT, BAR_CODE_WIDTH, ChargedItem, Slip, slip_pdf
from backend.papers.statement import ROWS_A_PAGE, PaidMonth, Statement, statement_pdf
from backend.settings import Settings

OPERATOR = Operator(
    "Zelo Saúde", "99000888000120", "999999", "Avenida dos Lençóis, 1000, São Luís, MA", "(98) 3000-0000"
)
LONG_NAME = "Maria Aparecida da Conceição Albuquerque de Vasconcelos Figueiredo e Souza Guimarães"
DUE = date(2026, 11, 10)
ACCOUNT = BankAccount("999", "0001", "0000012345")
Box = tuple[float, float, float, float]


def a_slip(on: date = DUE, items: int = 2) -> Slip:
    amounts = updated(
        Decimal("456.78"), DUE, on, fine_percent=Decimal(2), monthly_interest_percent=Decimal(1), state="MA"
    )
    pix = copy_and_paste(
        PixReceiver("financeiro@zelo.example", "Zelo Saúde", "São Luís"),
        amount=amounts.total, txid="ZELO10000001", description="Competência 11/2026",
    )  # fmt: skip
    return Slip(
        operator=OPERATOR, payer_name="Débora Nunes Alves", payer_cpf="15350946056",
        payer_address="Rua das Acácias, 120, Renascença, São Luís, MA", invoice_number="10000001",
        billing_month=date(2026, 11, 1), issued_on=min(on, DUE), due_on=max(on, DUE), original_due_on=DUE,
        items=tuple(ChargedItem(f"Mensalidade nº {n + 1}", Decimal("456.78") / items) for n in range(items)),
        amounts=amounts, bar_code=ACCOUNT.issue(our_number=10000001, due_on=max(on, DUE), amount=amounts.total),
        bank_name="Banco de Demonstração", account="0001 / 0000012345",
        our_number=ACCOUNT.printed_number(10000001), pix=pix, instructions=("Após o vencimento, multa de 2%.",),
    )  # fmt: skip


def a_statement(payments: int = 11) -> Statement:
    paid = tuple(
        PaidMonth(date(2025, n % 12 + 1, 1), date(2025, n % 12 + 1, 10), date(2025, n % 12 + 1, 9), Decimal("612.40"))
        for n in range(payments)
    )
    return Statement(
        OPERATOR,
        "Elza Ferreira Conceição",
        "71459364295",
        "0064 1000 0003 01",
        "Zelo Essencial",
        2025,
        paid,
        date(2026, 3, 1),
    )


RECEIPT = Receipt(
    operator=OPERATOR, payer_name="Débora Nunes Alves", payer_cpf="15350946056", invoice_number="10000001",
    billing_month=date(2026, 10, 1), due_on=date(2026, 10, 13), amount=Decimal("456.78"), paid_on=date(2026, 10, 23),
    paid_amount=Decimal("467.44"), issued_on=date(2026, 11, 22), paid_by="PIX",
)  # fmt: skip
CARD = MemberCard(
    OPERATOR, "Ana Beatriz Rocha", "00641000000101", date(1985, 3, 12), "Zelo Essencial", "481234189",
    "Apartamento", "Grupo de municípios", date(2025, 2, 1), cns="700000000000005",
)  # fmt: skip


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def rectangles(pdf: bytes) -> list[Box]:
    """The filled rectangles of the first page: x, y, width, height in points."""
    page = PdfReader(BytesIO(pdf)).pages[0]
    stack, origin, found = [], (0.0, 0.0), []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator == b"q":
            stack.append(origin)
        elif operator == b"Q":
            origin = stack.pop()
        elif operator == b"cm":
            assert [float(part) for part in operands[:4]] == [1, 0, 0, 1]
            origin = (origin[0] + float(operands[4]), origin[1] + float(operands[5]))
        elif operator == b"re":
            x, y, width, height = (float(part) for part in operands)
            found.append((x + origin[0], y + origin[1], width, height))
    return found


def interleaved_2_of_5(bars: list[Box]) -> str:
    """The digits of an ITF symbol, from its bars and the spaces between them."""
    narrow = min(width for _, _, width, _ in bars)
    widths = []
    for bar, following in zip(bars, [*bars[1:], None], strict=True):
        widths.append(bar[2])
        if following:
            widths.append(following[0] - bar[0] - bar[2])
    wide = [width > 2 * narrow for width in widths]
    assert wide[:4] == [False] * 4
    assert wide[-3:] == [True, False, False]
    weights, body = (1, 2, 4, 7, 0), wide[4:-3]
    digits = ""
    for start in range(0, len(body), 10):
        for elements in (body[start : start + 10 : 2], body[start + 1 : start + 10 : 2]):
            value = sum(weight for weight, is_wide in zip(weights, elements, strict=True) if is_wide)
            digits += str(value % 11)  # zero is written as 4 + 7
    return digits


def bar_code_of(pdf: bytes) -> list[Box]:
    return sorted(box for box in rectangles(pdf) if abs(box[3] - BAR_CODE_HEIGHT) < 0.1 and box[2] < 3)


@pytest.mark.parametrize("on", [DUE, date(2026, 11, 30)])
def test_a_slips_bar_code_is_that_of_its_digitable_line_and_has_the_size_of_the_norm(on: date) -> None:
    slip = a_slip(on)
    pdf = slip_pdf(slip)
    bars = bar_code_of(pdf)
    assert BarCode.parse(interleaved_2_of_5(bars)) == slip.bar_code
    assert (
        (bars[-1][0] + bars[-1][2] - bars[0][0]) / MM
        == pytest.approx(BAR_CODE_WIDTH / MM, abs=0.5)
        == pytest.approx(103, abs=0.5)
    )
    assert bars[0][3] / MM == pytest.approx(13, abs=0.1)
    assert read(pdf).count(slip.bar_code.line) == 2


def test_a_slips_qr_code_is_the_matrix_of_its_pix_code() -> None:
    slip = a_slip()
    matrix = segno.make(slip.pix, error="m", micro=False).matrix
    squares = [box for box in rectangles(slip_pdf(slip)) if abs(box[2] - box[3]) < 0.01 and box[2] < 5]
    assert len(squares) == sum(sum(row) for row in matrix)
    left, top, side = min(x for x, *_ in squares), max(y for _, y, *_ in squares), squares[0][2] / 1.02
    drawn = {(round((top - y) / side), round((x - left) / side)) for x, y, *_ in squares}
    assert drawn == {(row, column) for row, modules in enumerate(matrix) for column, dark in enumerate(modules) if dark}
    assert slip.pix.replace(" ", "") in read(slip_pdf(slip)).replace("\n", "").replace(" ", "")


def test_a_slip_says_who_pays_whom_what_and_until_when() -> None:
    text = read(slip_pdf(a_slip()))
    for said in ("Zelo Saúde", "99.000.888/0001-20", "Registro ANS nº 999999", "Débora Nunes Alves", "153.509.460-56",
                 "Renascença", "11/2026", "10/11/2026", "R$ 456,78", "999-7", "Banco de Demonstração", "Mensalidade nº 1",
                 "Nosso número", "Após o vencimento, multa de 2%.", "Ficha de compensação", "Recibo do pagador"):  # fmt: skip
        assert said in text
    assert "Multa por atraso" not in text


def test_a_late_slip_shows_fine_interest_and_the_first_due_date() -> None:
    text = read(slip_pdf(a_slip(date(2026, 11, 30))))
    for said in (
        "Multa por atraso",
        "R$ 9,14",
        "Juros de 20 dias",
        "R$ 3,05",
        "R$ 468,97",
        "vencida em 10/11/2026",
        "30/11/2026",
    ):
        assert said in text


def test_many_items_are_gathered_and_the_total_stays() -> None:
    text = read(slip_pdf(a_slip(items=30)))
    assert "Outros 22 itens" in text
    assert "R$ 334,97" in text  # 22 thirtieths of 456.78
    assert "Mensalidade nº 9" not in text


def test_a_text_too_long_for_its_place_is_cut_before_it_gets_too_small_to_read() -> None:
    item = ChargedItem(f"Coparticipação de {LONG_NAME}", Decimal("456.78"))
    text = read(slip_pdf(replace(a_slip(), payer_name=LONG_NAME, items=(item,))))
    assert "Coparticipação de Maria Aparecida da Conceição" in text
    assert "…" in text
    assert f"{LONG_NAME}  ·  CPF" in text  # the bank's form has room for the whole name


def test_a_receipt_discharges_the_month() -> None:
    text = read(receipt_pdf(RECEIPT)).replace("\n", " ")
    for said in ("Recebemos de Débora Nunes Alves", "153.509.460-56", "outubro de 2026", "quitada", "R$ 467,44",
                 "R$ 456,78", "Multa e juros", "R$ 10,66", "23/10/2026", "13/10/2026", "PIX"):  # fmt: skip
        assert said in text
    plain = read(receipt_pdf(replace(RECEIPT, paid_amount=Decimal("456.78"), paid_by="")))
    assert "Multa" not in plain
    assert "Pago por" not in plain


def test_a_years_statement_lists_each_payment_and_their_total() -> None:
    text = read(statement_pdf(a_statement()))
    for said in ("Ano-calendário 2025", "Elza Ferreira Conceição", "714.593.642-95", "01/2025", "10/11/2025", "09/11/2025",
                 "R$ 612,40", "Total pago em 2025", "R$ 6.736,40", "0064 1000 0003 01"):  # fmt: skip
        assert said in text


def test_a_long_statement_goes_on_and_says_its_total_once() -> None:
    pdf = statement_pdf(a_statement(ROWS_A_PAGE + 1))
    assert len(PdfReader(BytesIO(pdf)).pages) == 2
    assert read(pdf).count("Total pago") == 1
    assert "Não há pagamentos nesse ano." in read(statement_pdf(a_statement(0)))


PAPERS = {
    "slip": lambda: slip_pdf(a_slip()),
    "late slip": lambda: slip_pdf(
        replace(a_slip(date(2026, 12, 30), items=30), payer_name=LONG_NAME, payer_address=LONG_NAME * 2)
    ),
    "receipt": lambda: receipt_pdf(replace(RECEIPT, payer_name=LONG_NAME)),
    "statement": lambda: statement_pdf(replace(a_statement(ROWS_A_PAGE), holder_name=LONG_NAME, plan_name=LONG_NAME)),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_one_a4_page_with_its_own_fonts_and_the_same_bytes_each_time(paper: str) -> None:
    pdf = PAPERS[paper]()
    assert pdf == PAPERS[paper]()
    (page,) = PdfReader(BytesIO(pdf)).pages
    assert [round(float(side) / MM) for side in page.mediabox[2:]] == [210, 297]
    used = {font["/BaseFont"]: font for font in (ref.get_object() for ref in page["/Resources"]["/Font"].values())}
    written = {name: font for name, font in used.items() if "Vera" in name}
    assert written
    assert all("/FontFile2" in font["/FontDescriptor"] for font in written.values())


@pytest.mark.parametrize("paper", PAPERS)
def test_no_line_of_a_paper_begins_outside_of_its_margins(paper: str) -> None:
    places: list[tuple[float, float]] = []

    def visit(text: str, _matrix: list[float], place: list[float], *_: object) -> None:
        if text.strip():
            places.append((place[4], place[5]))

    PdfReader(BytesIO(PAPERS[paper]())).pages[0].extract_text(visitor_text=visit)
    assert places
    assert all(14 * MM < x < PAGE_WIDTH - 15 * MM and y > 9 * MM for x, y in places)


def test_the_member_card_is_an_image_of_a_cards_proportions_the_same_each_time() -> None:
    png = member_card_png(CARD)
    image = Image.open(BytesIO(png))
    assert (image.format, image.size, image.mode) == ("PNG", (1012, 638), "RGB")
    assert SIZE[0] / SIZE[1] == pytest.approx(85.6 / 53.98, abs=0.01)
    assert png == member_card_png(CARD)
    assert len(png) < 500_000  # WhatsApp takes 5 MB; a telephone on a slow net should not wait


def test_every_fact_changes_the_card() -> None:
    others = [
        replace(CARD, person_name="Bruno Rocha Lima"), replace(CARD, card_number="00641000000102"), replace(CARD, cns=""),
        replace(CARD, birth_date=date(1985, 3, 13)), replace(CARD, plan_name="Zelo Família"), replace(CARD, plan_registration="1"),
        replace(CARD, accommodation="Enfermaria"), replace(CARD, coverage_area="Nacional"), replace(CARD, joined_on=DUE),
        replace(CARD, valid_until=DUE), replace(CARD, operator=replace(OPERATOR, name="Outra")),
    ]  # fmt: skip
    assert len({member_card_png(card) for card in [CARD, *others]}) == len(others) + 1


def test_a_long_name_stays_inside_the_card() -> None:
    image = Image.open(BytesIO(member_card_png(replace(CARD, person_name=LONG_NAME, plan_name=LONG_NAME)))).convert("L")
    margin = image.crop((SIZE[0] - 52, 60, SIZE[0], 450))
    assert max(margin.get_flattened_data()) < 150  # no white letter


def test_white_on_the_card_can_be_read() -> None:
    image = Image.open(BytesIO(member_card_png(CARD)))
    for place in ((30, 30), (30, 440), (500, 250), (980, 100), (980, 440), (900, 200)):
        red, green, blue = (((c / 255 + 0.055) / 1.055) ** 2.4 for c in image.getpixel(place))
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert 1.05 / (luminance + 0.05) >= 4.5  # WCAG AA


def test_a_cards_number_is_grouped_as_people_read_it() -> None:
    assert grouped("00641000000101") == "0064 1000 0001 01"


def test_the_operator_of_the_papers_is_the_configured_one() -> None:
    operator = Operator.configured(Settings(ans_registration="999999", operator_name="Zelo Saúde", _env_file=None))
    assert (operator.name, operator.printed_cnpj) == ("Zelo Saúde", "99.000.888/0001-20")
