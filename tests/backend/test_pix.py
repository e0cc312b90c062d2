"""PIX codes agree with the Central Bank's example and the CRC's published check value."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backend.errors import InvalidInput
from backend.invoices.pix import PixReceiver, copy_and_paste, crc16, qr_png

ZELO = PixReceiver(
    key="financeiro@zelosaude.example", name="Zelo Saúde Assistência Médica Ltda.", city="São Luís do Maranhão"
)


def fields(code: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while code:
        length = int(code[2:4])
        found[code[:2]], code = code[4 : 4 + length], code[4 + length :]
    return found


def test_the_published_check_value_of_the_crc() -> None:
    assert crc16("123456789") == "29B1"
    assert crc16("") == "FFFF"


def test_the_example_of_the_central_banks_manual() -> None:
    receiver = PixReceiver(key="123e4567-e12b-12d1-a456-426655440000", name="Fulano de Tal", city="BRASILIA")
    assert copy_and_paste(receiver) == (
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
        "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
    )


def test_an_invoices_code_says_amount_identifier_and_description_without_accents() -> None:
    code = copy_and_paste(ZELO, amount=Decimal("1234.5"), txid="ZELO0000012345", description="Competência 11/2026")
    read = fields(code)
    assert list(read) == ["00", "26", "52", "53", "54", "58", "59", "60", "62", "63"]
    assert (read["53"], read["54"], read["58"]) == ("986", "1234.50", "BR")
    assert (read["59"], read["60"]) == ("Zelo Saude Assistencia Me", "Sao Luis do Mar")
    assert fields(read["62"]) == {"05": "ZELO0000012345"}
    assert fields(read["26"]) == {"00": "br.gov.bcb.pix", "01": ZELO.key, "02": "Competencia 11/2026"}
    assert read["63"] == crc16(code[:-4])


def test_a_code_that_is_paid_once_says_so() -> None:
    assert fields(copy_and_paste(ZELO, single_use=True))["01"] == "12"
    assert "01" not in fields(copy_and_paste(ZELO))


@given(cents=st.integers(1, 10**12 - 1), txid=st.from_regex(r"\A[A-Za-z0-9]{1,25}\Z"), name=st.text(min_size=1))
def test_any_code_is_ascii_and_reads_back(cents: int, txid: str, name: str) -> None:
    amount = Decimal(cents).scaleb(-2)
    try:
        code = copy_and_paste(PixReceiver("99000888000120", name, "Imperatriz"), amount=amount, txid=txid)
    except InvalidInput:
        assert not any(letter.isascii() and letter.isalnum() for letter in name)
        return
    read = fields(code)
    assert Decimal(read["54"]) == amount
    assert fields(read["62"])["05"] == txid
    assert len(read["59"]) <= 25
    assert read["63"] == crc16(code[:-4])


@pytest.mark.parametrize("key", ["", "zelo", "123", "+5598988000001x", "a b@c.d", "é@c.d", "x" * 78 + "@c"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        copy_and_paste(PixReceiver(key, "Zelo", "São Luís"))


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "100000000000.00"])
def test_an_amount_that_cannot_be_paid_is_refused(amount: str) -> None:
    with pytest.raises(InvalidInput):
        copy_and_paste(ZELO, amount=Decimal(amount))


@pytest.mark.parametrize("txid", ["a" * 26, "a-b", "á", "***"])
def test_an_identifier_of_other_characters_is_refused(txid: str) -> None:
    with pytest.raises(InvalidInput):
        copy_and_paste(ZELO, txid=txid)


def test_a_description_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidInput):
        copy_and_paste(ZELO, description="x" * 60)


def test_the_qr_code_is_the_codes_own_matrix_with_a_quiet_zone() -> None:
    code = copy_and_paste(ZELO, amount=Decimal(10))
    matrix = segno.make(code, error="m", micro=False).matrix
    image = Image.open(BytesIO(qr_png(code, scale=3))).convert("L")
    side = len(matrix)
    assert image.size == ((side + 8) * 3, (side + 8) * 3)
    for y in range(-4, side + 4):
        for x in range(-4, side + 4):
            dark = 0 <= y < side and 0 <= x < side and bool(matrix[y][x])
            assert image.getpixel(((x + 4) * 3 + 1, (y + 4) * 3 + 1)) == (0 if dark else 255)
