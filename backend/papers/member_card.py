"""The member card (carteirinha) as an image for the chat, of a bank card's proportions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from backend.papers.layout import FONTS, Operator, printed_date

SIZE: Final = (1012, 638)
_DARK, _LIGHT = (8, 62, 58), (18, 128, 116)
_WHITE, _PALE, _INK, _SOFT = (255, 255, 255), (205, 232, 226), (33, 48, 45), (80, 97, 91)
_PAPER = (242, 248, 246)
_MARGIN, _RADIUS, _BAND = 56, 44, 462
_FINER = 4


@dataclass(frozen=True, slots=True)
class MemberCard:
    """What a card shows. `card_number` is 14 digits; `plan_registration` the plan's number at ANS; `cns` 15 digits.

    Where `valid_until` is None the card says since when the person is in the plan; an empty text is left out.
    """

    operator: Operator
    person_name: str
    card_number: str
    birth_date: date
    plan_name: str
    plan_registration: str
    accommodation: str
    coverage_area: str
    joined_on: date
    valid_until: date | None = None
    cns: str = ""


def grouped(card_number: str) -> str:
    """A card's number as people read it: 0064 1000 0001 01."""
    return " ".join(card_number[start : start + 4] for start in range(0, len(card_number), 4))


def member_card_png(card: MemberCard) -> bytes:
    """The card as a PNG of 1012 x 638 pixels, on white; long names are written smaller, never cut."""
    image = _ground().copy()
    draw = ImageDraw.Draw(image)
    right = SIZE[0] - _MARGIN
    _write(draw, (_MARGIN, 52), card.operator.name, size=46, bold=True, fit=400)
    _write(draw, (_MARGIN, 112), f"Registro ANS nº {card.operator.ans_registration}", size=20, color=_PALE)
    _write(draw, (right, 68), card.plan_name, size=27, bold=True, fit=470, align="right")
    registration = f"Plano ANS nº {card.plan_registration}" if card.plan_registration else ""
    _write(draw, (right, 112), registration, size=20, color=_PALE, fit=470, align="right")
    _write(draw, (_MARGIN, 188), grouped(card.card_number), size=58, bold=True, fit=right - _MARGIN)
    _labelled(draw, (_MARGIN, 284), "Beneficiário", card.person_name, size=36, fit=right - _MARGIN)
    _labelled(draw, (_MARGIN, 372), "Nascimento", printed_date(card.birth_date), size=26)
    since = ("Válida até", card.valid_until) if card.valid_until else ("No plano desde", card.joined_on)
    _labelled(draw, (_MARGIN + 300, 372), since[0], printed_date(since[1]), size=26)
    if card.cns:
        _labelled(draw, (_MARGIN + 600, 372), "Cartão Nacional de Saúde", _cns(card.cns), size=26, fit=300)
    _band(draw, card)
    return _png(image)


def _band(draw: ImageDraw.ImageDraw, card: MemberCard) -> None:
    right = SIZE[0] - _MARGIN
    _labelled(draw, (_MARGIN, _BAND + 28), "Acomodação", card.accommodation, size=27, fit=300, dark=True)
    _labelled(draw, (_MARGIN + 330, _BAND + 28), "Abrangência", card.coverage_area, size=27, fit=570, dark=True)
    _write(draw, (_MARGIN, SIZE[1] - 62), "Apresente com um documento com foto.", size=20, color=_SOFT, fit=500)
    _write(draw, (right, SIZE[1] - 62), card.operator.phone, size=20, bold=True, color=_INK, fit=380, align="right")


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    """A diagonal gradient over a light band, with two quiet circles, in a shape with round corners."""
    width, height = SIZE
    downwards = Image.linear_gradient("L").resize(SIZE)
    across = Image.linear_gradient("L").rotate(90).resize(SIZE)
    shade = Image.blend(downwards, across, 0.5)
    face = Image.composite(Image.new("RGB", SIZE, _DARK), Image.new("RGB", SIZE, _LIGHT), shade)
    light = Image.new("RGB", SIZE, _WHITE)
    for box in ((640, -300, 1240, 300), (780, 40, 1180, 440)):
        face.paste(light, mask=_smooth(ImageDraw.ImageDraw.ellipse, box, fill=20))
    ImageDraw.Draw(face).rectangle((0, _BAND, width, height), fill=_PAPER)
    image = Image.new("RGB", SIZE, _WHITE)
    image.paste(
        face, mask=_smooth(ImageDraw.ImageDraw.rounded_rectangle, (0, 0, width, height), fill=255, radius=_RADIUS)
    )
    return image


def _smooth(
    draw_shape: Callable[..., None], box: tuple[int, int, int, int], *, fill: int, radius: int = 0
) -> Image.Image:
    """A mask of one shape, drawn larger and shrunk, since Pillow draws shapes with hard edges."""
    large = Image.new("L", (SIZE[0] * _FINER, SIZE[1] * _FINER))
    rounded = {"radius": radius * _FINER} if radius else {}
    draw_shape(ImageDraw.Draw(large), tuple(place * _FINER for place in box), fill=fill, **rounded)
    return large.resize(SIZE, Image.Resampling.LANCZOS)


def _labelled(draw: ImageDraw.ImageDraw, at: tuple[int, int], label: str, value: str, *, size: int, fit: int = 280,
              dark: bool = False) -> None:  # fmt: skip
    _write(draw, at, label, size=19, color=_SOFT if dark else _PALE)
    _write(draw, (at[0], at[1] + 26), value, size=size, bold=True, color=_INK if dark else _WHITE, fit=fit)


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], words: str, *, size: int, bold: bool = False,
           color: tuple[int, int, int] = _WHITE, fit: int = 0, align: str = "left") -> None:  # fmt: skip
    baseline = (at[0], at[1] + size)
    while fit and size > 1 and _font(size, bold=bold).getlength(words) > fit:
        size -= 1
    draw.text(baseline, words, font=_font(size, bold=bold), fill=color, anchor="ls" if align == "left" else "rs")


@lru_cache(maxsize=128)
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / ("VeraBd.ttf" if bold else "Vera.ttf")), size)


def _cns(digits: str) -> str:
    return f"{digits[:3]} {digits[3:7]} {digits[7:11]} {digits[11:]}"


def _png(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
