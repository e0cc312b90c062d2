"""What goes in and comes out: strict models, amounts as strings, times with zone, pages by cursor."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from backend.errors import InvalidInput

MOST_ON_A_PAGE = 200
_YEARS = range(1900, 2101)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_MOMENT = re.compile(rf"{_DAY.pattern}T{_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})")
_REAIS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

T = TypeVar("T")


class Asked(BaseModel):
    """What a system sends: nothing is guessed, what is not known is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Shown(BaseModel):
    """What a system gets."""

    model_config = ConfigDict(frozen=True)


class Page(Shown, Generic[T]):
    """Some of the rows. `next_cursor` asks for those that follow; null: there are none at present."""

    model_config = ConfigDict(json_schema_extra={"description": "Some of the rows, and where the next begin."})

    items: list[T]
    next_cursor: str | None


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a day as ISO 8601: 2026-12-10")
    return _within_years(_read(date.fromisoformat, value))


def _month(value: object) -> date:
    if not isinstance(value, str) or not _MONTH.fullmatch(value):
        raise ValueError("a billing month: 2026-12")
    return _within_years(_read(date.fromisoformat, f"{value}-01"))


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("a time with its zone as ISO 8601: 2026-12-10T09:00:00-03:00")
    return _within_years(_read(datetime.fromisoformat, value)).astimezone(UTC)


def _read(parse: Callable[[str], T], value: str) -> T:
    try:
        return parse(value)
    except ValueError:
        raise ValueError("there is no such day or time") from None


_When = TypeVar("_When", bound=date)


def _within_years(when: _When) -> _When:
    if when.year not in _YEARS:
        raise ValueError("a year between 1900 and 2100")
    return when


def _reais(value: object) -> Decimal:
    if not isinstance(value, str) or not _REAIS.fullmatch(value) or not Decimal(value):
        raise ValueError('reais as a string, above zero, at most two decimals: "389.90"')
    return Decimal(value)


def _clean(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("control characters are not allowed")
    return value


def _schema(**about: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **about})


Day = Annotated[date, BeforeValidator(_day), _schema(format="date", examples=["2026-12-10"])]
Month = Annotated[date, BeforeValidator(_month), _schema(pattern=f"^{_MONTH.pattern}$", examples=["2026-12"])]
Moment = Annotated[
    datetime, BeforeValidator(_moment), _schema(format="date-time", examples=["2026-12-10T09:00:00-03:00"])
]
Reais = Annotated[
    Decimal, BeforeValidator(_reais),
    _schema(pattern=f"^{_REAIS.pattern}$", description="reais, above zero", examples=["389.90"]),
]  # fmt: skip
Id = Annotated[UUID, Field(strict=False)]
_STRIPPED = StringConstraints(strip_whitespace=True, max_length=2000)
Text = Annotated[str, _STRIPPED, StringConstraints(min_length=1), AfterValidator(_clean)]
OptionalText = Annotated[str, _STRIPPED, AfterValidator(_clean)]
ShownMoment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
ShownReais = Annotated[str, Field(description="reais", examples=["389.90"])]

AuthorizationNumber = Annotated[str, Path(pattern=r"^[0-9]{12}$", examples=["263420000017"])]
ProtocolNumber = Annotated[str, Path(pattern=r"^[0-9]{20}$", examples=["99999920261122000069"])]
InvoiceNumber = Annotated[int, Path(ge=1, lt=2**63, description="nosso número", examples=[10000001])]
Limit = Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE)]
Cursor = Annotated[str | None, Query(max_length=300, description="`next_cursor` of the page before")]
ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]


def reais(amount: Decimal) -> str:
    """An amount as it is shown: `389.90`. Pure."""
    return f"{amount:.2f}"


def cursor_of(*places: object) -> str:
    """A place in an order, as systems carry it about. Pure."""
    written = "|".join(place.isoformat() if isinstance(place, datetime) else str(place) for place in places)
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def place_of(cursor: str, *readers: Callable[[str], Any]) -> tuple[Any, ...]:
    """The place that a cursor names; InvalidInput for one that is not of this list. Pure."""
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split("|")
        return tuple(read(part) for read, part in zip(readers, written, strict=True))
    except (ValueError, binascii.Error, OverflowError) as error:
        raise InvalidInput("O cursor não é desta lista.", detail="cursor") from error


def page(rows: Sequence[T], limit: int, place: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The first `limit` of rows that were asked for with one more, and the cursor where there is more. Pure."""
    shown = rows[:limit]
    return shown, place(shown[-1]) if len(rows) > limit else None
