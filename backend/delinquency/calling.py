"""When a campaign calls: its plan, its hours, its pauses, its pace. Pure. [processes.md 6, seed 004]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.calendar import is_business_day
from backend.errors import InvalidInput
from backend.settings import settings
from backend.store.clock import local

MOST_ATTEMPTS = 5
# What the Consumer Code (art. 42) and custom leave to the caller at the widest.
EARLIEST, LATEST = time(8), time(20)
TEMPLATE = "campaign_greeting"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a campaign calls. Hours are local; `pauses` are spans of a day without calls ('12:00-13:00').

    `weekdays` 0 is Monday; `interval_days` lies between a person's attempts; `an_hour` is how many messages leave in
    an hour at most; `min_days` of arrears by the ledger; `skip_hospital` calls nobody who is in hospital.
    """

    first_day: str = ""
    hours: tuple[str, str] = ("09:00", "18:00")
    pauses: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: bool = False
    attempts: int = MOST_ATTEMPTS
    interval_days: int = 2
    an_hour: int = 600
    min_days: int = 50
    skip_hospital: bool = True
    template: str = TEMPLATE

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the campaign's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plan:
        """The plan of a campaign's row."""
        made: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**made)


def check(plan: Plan) -> None:
    """InvalidInput, in the operator's words, for a plan that cannot be kept or that the law forbids. Pure."""
    _check_hours(plan)
    if not plan.weekdays or not set(plan.weekdays) <= set(range(7)):
        raise InvalidInput("Escolha pelo menos um dia da semana.")
    if not 1 <= plan.attempts <= MOST_ATTEMPTS:
        raise InvalidInput(f"As tentativas vão de 1 a {MOST_ATTEMPTS}.")
    if plan.interval_days < 1:
        raise InvalidInput("Entre duas tentativas precisa haver pelo menos um dia.")
    if not 1 <= plan.an_hour <= settings().twilio_rate * 3600:
        raise InvalidInput("O número de mensagens por hora não é possível.")
    if plan.min_days < 1:
        raise InvalidInput("Os dias de atraso precisam ser pelo menos 1.")


def _check_hours(plan: Plan) -> None:
    first, last = map(_time, plan.hours)
    if not EARLIEST <= first < last <= LATEST:
        raise InvalidInput(f"O horário precisa ficar entre {EARLIEST:%H:%M} e {LATEST:%H:%M}, com início antes do fim.")
    for pause in plan.pauses:
        start, end = _span(pause)
        if start >= end:
            raise InvalidInput(f"A pausa {pause} termina antes de começar.")
    if not stretches(plan):
        raise InvalidInput("As pausas não deixam nenhum horário para chamar.")
    if plan.first_day:
        _day(plan.first_day)


def may_call(plan: Plan, moment: datetime) -> bool:
    """Whether a message may leave at this moment: day, hour, pause, holiday. Pure."""
    return closes_at(plan, moment) is not None


def closes_at(plan: Plan, moment: datetime) -> datetime | None:
    """Until when the present stretch of calling lasts (aware); None where no call may be made now. Pure."""
    here = local(moment)
    if not _is_day(plan, here):
        return None
    for start, end in stretches(plan):
        if start <= here.time() < end:
            return here.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return None


def next_opening(plan: Plan, moment: datetime) -> datetime:
    """The first moment from `moment` on at which a call may be made. InvalidInput where none is in a year. Pure."""
    if may_call(plan, moment):
        return moment
    here = local(moment)
    for ahead in range(367):
        day = here + timedelta(days=ahead)
        if not _is_day(plan, day):
            continue
        for start, _ in stretches(plan):
            opening = day.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
            if opening > here:
                return opening
    raise InvalidInput("Esse plano não tem nenhum horário possível.")


def stretches(plan: Plan) -> list[tuple[time, time]]:
    """The spans of a day in which calls are made: the hours without the pauses, in order. Pure."""
    first, last = map(_time, plan.hours)
    spans, start = [], first
    for pause_start, pause_end in sorted(map(_span, plan.pauses)):
        until = min(pause_start, last)
        if start < until:
            spans.append((start, until))
        start = max(start, pause_end)
    if start < last:
        spans.append((start, last))
    return spans


def ends_about(plan: Plan, people: int, start: datetime) -> datetime:
    """When the first attempt at so many people is over, if nobody answers and all hours are kept. Pure."""
    left, moment = float(people), next_opening(plan, start)
    while True:
        until = closes_at(plan, moment)
        assert until is not None
        fits = (until - moment).total_seconds() * plan.an_hour / 3600
        if fits >= left:
            return moment + timedelta(hours=left / plan.an_hour)
        left -= fits
        moment = next_opening(plan, until)


def _is_day(plan: Plan, here: datetime) -> bool:
    if plan.first_day and here.date() < _day(plan.first_day):
        return False
    if here.weekday() not in plan.weekdays:
        return False
    weekend = here.weekday() >= 5  # noqa: PLR2004 (Saturday; no business day, and no holiday by itself)
    return plan.holidays or weekend or is_business_day(here.date(), state=settings().holiday_state)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("A data de início não parece certa.", detail="first day of a plan") from error


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"O horário {text} não parece certo. Use hh:mm.", detail="hour of a plan") from error


def _span(text: str) -> tuple[time, time]:
    start, dash, end = text.partition("-")
    if not dash:
        raise InvalidInput(f"A pausa {text} não parece certa. Use hh:mm-hh:mm.", detail="pause of a plan")
    return _time(start.strip()), _time(end.strip())


def zone() -> ZoneInfo:
    """The operator's own clock."""
    return ZoneInfo(settings().timezone)


def listed(weekdays: Sequence[int]) -> str:
    """'seg, ter e qua'. Pure."""
    names = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")
    return ", ".join(names[day] for day in sorted(weekdays))
