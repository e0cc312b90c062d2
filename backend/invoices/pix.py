"""PIX copia-e-cola: the Central Bank's BR Code, an EMV merchant-presented payload, and its QR code."""

from __future__ import annotations

import binascii
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

import segno

from backend.errors import InvalidInput

_GUI = "br.gov.bcb.pix"
_NO_TXID = "***"
_LONGEST_NAME, _LONGEST_CITY, _LONGEST_FIELD, _LONGEST_AMOUNT = 25, 15, 99, 13


@dataclass(frozen=True, slots=True)
class PixReceiver:
    """Who is paid. The key is a CNPJ or CPF (digits), e-mail, telephone (+55…) or random key; name and city are cut."""

    key: str
    name: str
    city: str


def copy_and_paste(
    receiver: PixReceiver,
    *,
    amount: Decimal | None = None,
    txid: str = "",
    description: str = "",
    single_use: bool = False,
) -> str:
    """The BR Code that a bank's app takes as text or as QR code (Banco Central, Manual do BR Code).

    `amount` in reais with at most two decimals, None to let the payer say it; `txid` has up to 25 letters and
    digits, and comes back with the payment; `single_use` marks a code that is paid once. InvalidInput where a
    part is empty, too long, or has characters that the code has no place for.
    """
    if txid and not re.fullmatch(r"[A-Za-z0-9]{1,25}", txid):
        raise InvalidInput("O identificador do PIX não é válido.", detail="pix txid")
    account = _field("00", _GUI) + _field("01", _key(receiver.key))
    if description:
        account += _field("02", _ascii(description))
    body = "".join((
        _field("00", "01"),
        _field("01", "12") if single_use else "",
        _field("26", account),
        _field("52", "0000"),
        _field("53", "986"),
        _field("54", _amount(amount)) if amount is not None else "",
        _field("58", "BR"),
        _field("59", _ascii(receiver.name)[:_LONGEST_NAME].strip()),
        _field("60", _ascii(receiver.city)[:_LONGEST_CITY].strip()),
        _field("62", _field("05", txid or _NO_TXID)),
        "6304",
    ))  # fmt: skip
    return body + crc16(body)


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE (polynomial 1021, from FFFF) of an ASCII text, four hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def qr_png(code: str, *, scale: int = 8) -> bytes:
    """The code as a QR code, a black-on-white PNG with its quiet zone; `scale` is the pixels of one module."""
    image = BytesIO()
    segno.make(code, error="m", micro=False).save(image, kind="png", scale=scale, border=4)
    return image.getvalue()


def _field(identifier: str, value: str) -> str:
    if not 0 < len(value) <= _LONGEST_FIELD:
        raise InvalidInput("Os dados do PIX não cabem no código.", detail=f"pix field {identifier}")
    return f"{identifier}{len(value):02d}{value}"


def _key(key: str) -> str:
    patterns = (
        r"\d{11}",  # CPF
        r"\d{14}",  # CNPJ
        r"\+55\d{10,11}",
        r"(?=.{3,77}$)[^\s@]+@[^\s@]+",
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )
    if not key.isascii() or not any(re.fullmatch(pattern, key) for pattern in patterns):
        raise InvalidInput("A chave PIX não é válida.", detail="pix key")
    return key


def _amount(amount: Decimal) -> str:
    written = f"{amount:.2f}"
    if amount <= 0 or Decimal(written) != amount or len(written) > _LONGEST_AMOUNT:
        raise InvalidInput("Esse valor não pode ser pago por PIX.", detail="pix amount")
    return written


def _ascii(text: str) -> str:
    # Lengths are counted in characters and checked in bytes by some apps: ASCII makes both the same.
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join("".join(letter for letter in letters if letter.isprintable()).split())
