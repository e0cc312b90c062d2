"""What all papers share: the operator, the page, its fonts and colours, and the pieces that they are built from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import reportlab
import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.errors import InvalidInput
from backend.settings import Settings

FONTS = Path(reportlab.__file__).parent / "fonts"
PLAIN, BOLD = "Vera", "VeraBd"
INK, SOFT = HexColor("#21302d"), HexColor("#56655f")
ACCENT, TINT, LINE = HexColor("#0b6b63"), HexColor("#e9f4f1"), HexColor("#b9c4bf")
BLACK, WHITE = HexColor("#000000"), HexColor("#ffffff")
MM: Final = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT = 15 * MM, PAGE_WIDTH - 15 * MM
WIDTH = RIGHT - LEFT
_LEAST = 7.0
TOP = PAGE_HEIGHT - 12 * MM


@dataclass(frozen=True, slots=True)
class Operator:
    """The health plan's operator as papers name it: CNPJ as 14 digits, its 6-digit registration at ANS."""

    name: str
    cnpj: str
    ans_registration: str
    address: str
    phone: str

    @classmethod
    def configured(cls, settings: Settings) -> Operator:
        """The operator that the settings describe; InvalidInput where it is the demo's and messages reach people."""
        if settings.still_invented:
            raise InvalidInput(
                "Os dados de pagamento da operadora não foram configurados.", detail=f"{settings.still_invented}"
            )
        return cls(
            name=settings.operator_name,
            cnpj=settings.operator_cnpj,
            ans_registration=settings.ans_registration,
            address=settings.operator_address,
            phone=settings.operator_phone,
        )

    @property
    def printed_cnpj(self) -> str:
        """00.000.000/0000-00."""
        n = self.cnpj
        return f"{n[:2]}.{n[2:5]}.{n[5:8]}/{n[8:12]}-{n[12:]}"


def printed_date(day: date) -> str:
    """12/11/2026."""
    return f"{day:%d/%m/%Y}"


def printed_cpf(digits: str) -> str:
    """000.000.000-00."""
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))


class Paper:
    """A4 under the pen: the same input gives the same bytes. Places are points from the lower left corner."""

    def __init__(self, *, title: str, operator: Operator) -> None:
        _register_fonts()
        self.operator = operator
        self._bytes = BytesIO()
        self.canvas: Any = Canvas(
            self._bytes, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="pt-BR"
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(operator.name)
        self.canvas.setCreator(operator.name)

    def done(self) -> bytes:
        """The finished PDF."""
        self.canvas.showPage()
        self.canvas.save()
        return self._bytes.getvalue()

    def text(self, at: tuple[float, float], words: str, *, size: float = 9, font: str = PLAIN,
             color: Any = INK, align: str = "left", fit: float = 0) -> None:  # fmt: skip
        """One line of text; `align` left, right or center.

        Where it is wider than `fit` points it is written smaller, down to what old eyes can read, then cut.
        """
        if fit:
            size = max(min(size, _LEAST), min(size, size * fit / max(1.0, width_of(words, font, size))))
            words = _cut(words, font, size, fit)
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(color)
        draw = {"left": self.canvas.drawString, "right": self.canvas.drawRightString,
                "center": self.canvas.drawCentredString}  # fmt: skip
        draw[align](*at, words)

    def block(self, at: tuple[float, float], words: str, *, width: float, size: float = 9,
              font: str = PLAIN, color: Any = INK, leading: float = 1.4) -> float:  # fmt: skip
        """Text in lines no wider than `width`; gives the height of the line after the last."""
        x, y = at
        for line in simpleSplit(words, font, size, width):
            self.text((x, y), line, size=size, font=font, color=color)
            y -= size * leading
        return y

    def box(self, at: tuple[float, float], size: tuple[float, float], *, fill: Any = None, line: Any = None,
            radius: float = 2 * MM) -> None:  # fmt: skip
        """A rectangle with round corners, its lower left corner at `at`."""
        if fill is not None:
            self.canvas.setFillColor(fill)
        if line is not None:
            self.canvas.setStrokeColor(line)
            self.canvas.setLineWidth(0.6)
        self.canvas.roundRect(*at, *size, radius, stroke=int(line is not None), fill=int(fill is not None))

    def rule(
        self, y: float, *, left: float = LEFT, right: float = RIGHT, width: float = 0.6, color: Any = LINE
    ) -> None:
        """A horizontal line."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(width)
        self.canvas.line(left, y, right, y)

    def labelled(self, at: tuple[float, float], label: str, value: str, *, size: float = 9.5, font: str = PLAIN,
                 color: Any = INK, align: str = "left", fit: float = 0) -> None:  # fmt: skip
        """A small label over its value."""
        x, y = at
        self.text((x, y + size * 1.35), label, size=7.5, color=SOFT, align=align)
        self.text((x, y), value, size=size, font=font, color=color, align=align, fit=fit)

    def tile(self, at: tuple[float, float], width: float, label: str, value: str, *, strong: bool = False) -> None:
        """A box of 15 mm with a label and a large value; `strong` is white on the operator's colour."""
        x, y = at
        self.box(at, (width, 15 * MM), fill=ACCENT if strong else TINT)
        self.text((x + 4 * MM, y + 9.8 * MM), label, size=8, color=WHITE if strong else SOFT)
        self.text((x + 4 * MM, y + 3.6 * MM), value, size=14, font=BOLD, color=WHITE if strong else INK,
                  fit=width - 8 * MM)  # fmt: skip

    def head(self, title: str) -> float:
        """The operator over the page and the paper's title; gives the place of the rule under it."""
        self.canvas.setFillColor(ACCENT)
        self.canvas.rect(0, PAGE_HEIGHT - 4 * MM, PAGE_WIDTH, 4 * MM, stroke=0, fill=1)
        y = TOP - 7 * MM
        self.text((LEFT, y), self.operator.name, size=19, font=BOLD, color=ACCENT, fit=WIDTH * 0.5)
        self.text((RIGHT, y), title, size=12.5, font=BOLD, align="right", fit=WIDTH * 0.46)
        registered = f"CNPJ {self.operator.printed_cnpj}  ·  Registro ANS nº {self.operator.ans_registration}"
        self.text((LEFT, y - 5.5 * MM), registered, size=8, color=SOFT)
        self.text((LEFT, y - 9.3 * MM), f"{self.operator.address}  ·  {self.operator.phone}", size=8, color=SOFT)
        self.rule(y - 13 * MM, width=1, color=ACCENT)
        return y - 13 * MM

    def foot(self, words: str) -> None:
        """A small line at the foot of the page."""
        self.rule(15 * MM)
        self.text((LEFT, 10.5 * MM), words, size=7.5, color=SOFT, fit=WIDTH)

    def qr(self, code: str, at: tuple[float, float], side: float) -> None:
        """A QR code as vectors, `side` points with its quiet zone of four modules."""
        matrix = segno.make(code, error="m", micro=False).matrix
        module = side / (len(matrix) + 8)
        self.box(at, (side, side), fill=WHITE, radius=0)
        self.canvas.setFillColor(BLACK)
        for row, modules in enumerate(matrix):
            bottom = at[1] + side - (row + 5) * module
            for column, dark in enumerate(modules):
                if dark:
                    # A hair wider, or viewers show white seams between neighbours.
                    self.canvas.rect(
                        at[0] + (column + 4) * module, bottom, module * 1.02, module * 1.02, stroke=0, fill=1
                    )


def width_of(words: str, font: str, size: float) -> float:
    """The width of a line in points."""
    _register_fonts()
    return float(pdfmetrics.stringWidth(words, font, size))


def _cut(words: str, font: str, size: float, fit: float) -> str:
    kept = words
    while kept and width_of(words, font, size) > fit + 0.01:  # rounding
        kept = kept[:-1]
        words = kept.rstrip() + "…"
    return words


def lines_of(code: str, width: float, size: float) -> list[str]:
    """A text without words to break at (a PIX code), cut into lines no wider than `width` points."""
    lines = [""]
    for letter in code:
        if width_of(lines[-1] + letter, PLAIN, size) > width:
            lines.append("")
        lines[-1] += letter
    return lines
