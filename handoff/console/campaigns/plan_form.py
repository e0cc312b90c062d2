"""A campaign's plan as a form's fields, both ways. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from backend.delinquency import calling
from backend.delinquency.calling import Plan
from backend.errors import InvalidInput

MARK = "plan"  # a form that carries a plan says so: an unticked box sends nothing
MOST_PAUSES = 6


def read_plan(fields: Mapping[str, str], *, today: date) -> Plan:
    """The plan that the fields say, as it may be kept; InvalidInput with the sentence that says what to correct.

    It may begin on `today`, the local day, or after it.
    """
    plan = Plan(
        first_day=_day(fields.get("first_day", ""), today),
        hours=(fields.get("since", "").strip(), fields.get("until", "").strip()),
        pauses=_pauses(fields.get("pauses", "")),
        weekdays=tuple(day for day in range(7) if fields.get(f"weekday-{day}")),
        holidays=bool(fields.get("holidays")),
        attempts=_number(fields, "attempts", "As tentativas"),
        interval_days=_number(fields, "interval_days", "O intervalo entre as tentativas"),
        an_hour=_number(fields, "an_hour", "O número de mensagens por hora"),
        min_days=_number(fields, "min_days", "O mínimo de dias de atraso"),
        skip_hospital=bool(fields.get("skip_hospital")),
    )
    calling.check(plan)
    return plan


def as_fields(plan: Plan) -> dict[str, str]:
    """The fields of the form that would say this plan."""
    fields = {
        MARK: "1", "first_day": plan.first_day, "since": plan.hours[0], "until": plan.hours[1],
        "pauses": ", ".join(plan.pauses), "attempts": str(plan.attempts), "interval_days": str(plan.interval_days),
        "an_hour": str(plan.an_hour), "min_days": str(plan.min_days),
    }  # fmt: skip
    ticked = [f"weekday-{day}" for day in plan.weekdays]
    ticked += [name for name in ("holidays", "skip_hospital") if getattr(plan, name)]
    return fields | dict.fromkeys(ticked, "1")


def _pauses(text: str) -> tuple[str, ...]:
    spans = tuple(
        span.replace(" ", "").replace("às", "-").replace("–", "-") for span in text.split(",") if span.strip()
    )
    if len(spans) > MOST_PAUSES:
        raise InvalidInput(f"São no máximo {MOST_PAUSES} pausas por dia.", detail="many pauses")
    return spans


def _day(text: str, today: date) -> str:
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("A data de início não parece certa. Use dia, mês e ano.", detail="date") from error
    if day < today:
        raise InvalidInput("A data de início já passou. Escolha hoje ou um dia à frente.", detail="first day is over")
    return day.isoformat()


def _number(fields: Mapping[str, str], name: str, what: str) -> int:
    text = fields.get(name, "").strip().replace(".", "")
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 (a million is no number of any of them)
        raise InvalidInput(f"{what} precisa ser um número.", detail=f"plan: {name}")
    return int(text)
