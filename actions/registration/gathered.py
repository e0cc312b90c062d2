"""What is known so far of a registration update, in the request's state, and what has to be asked next. Pure.

`state` holds fields (in the order in which they are asked), values by part (`backend.registration.reading`), street
without its number as `bare_street`, and the problems of values that were wrong, by part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from backend.errors import InvalidInput
from backend.registration.fields import ADDRESS, ADDRESS_PARTS, FIELDS, PHONE, check_state, checked_part, shown
from backend.registration.postal import state_of
from backend.registration.reading import Reading
from backend.registration.tables import RegistrationChange

State = dict[str, Any]
WHAT = "what"
BARE_STREET = "bare_street"
_ASKED = frozenset({*FIELDS, *ADDRESS_PARTS} - {ADDRESS, "state"})
_HOUSE_NUMBER = re.compile(r"(?<=, )(?:\d+[A-Za-z]?|s/n)(?=,|$)")
_NUMBERED = re.compile(r"\d|\bs/?n\b", re.IGNORECASE)


def take(state: State, reading: Reading, *, today: date, only_values: bool = False) -> None:
    """Takes what was read: right values are kept, wrong ones noted with what the person is told.

    `only_values`: fields that are only named ('comprovante de endereço', under a photograph) begin nothing.
    """
    fields = set(state.get("fields") or ())
    named = {ADDRESS if part in {*ADDRESS_PARTS, "number"} else part for part in reading.values}
    fields |= named if only_values else named | set(reading.topics)
    state["fields"] = [code for code in FIELDS if code in fields]
    for part, value in reading.values.items():
        _take_part(state, part, value, today)
    _fit_together(state)
    state.pop("confirmed", None)


def _take_part(state: State, part: str, value: str, today: date) -> None:
    values, problems = state.setdefault("values", {}), state.setdefault("problems", {})
    problems.pop(part, None)
    if part == "number":
        _take_number(state, value)
        return
    try:
        if part == "street" and not _NUMBERED.search(value):
            values[BARE_STREET] = checked_part(part, f"{value}, s/n", today=today).removesuffix(", s/n")
            values.pop("street", None)
            return
        values[part] = checked_part(part, value, today=today)
    except InvalidInput as problem:
        values.pop(part, None)
        problems[part] = problem.message
        state["wrong"] = int(state.get("wrong") or 0) + 1


def _take_number(state: State, number: str) -> None:
    """A house's number that is told alone goes where the street's stands."""
    values = state["values"]
    if bare := values.pop(BARE_STREET, ""):
        values["street"] = f"{bare}, {number}"
    elif street := values.get("street", ""):
        changed, count = _HOUSE_NUMBER.subn(number, street, count=1)
        values["street"] = changed if count else f"{street}, {number}"


def _fit_together(state: State) -> None:
    """A CEP that lies in another state than the one that was said is asked for again."""
    values = state.get("values") or {}
    if not values.get("postal_code") or not values.get("state"):
        return
    try:
        check_state(values["postal_code"], values["state"])
    except InvalidInput as problem:
        values.pop("postal_code")
        state["problems"]["postal_code"] = problem.message
        state["wrong"] = int(state.get("wrong") or 0) + 1


def given_before(refused: Sequence[RegistrationChange]) -> State:
    """The values of changes that were refused, as the state holds them: most need a small correction alone."""
    values: dict[str, str] = {}
    known: State = {"values": values}
    for change in refused:
        parts = {name: str(value) for name, value in change.new.items()}
        values |= parts if change.field == ADDRESS else {change.field: parts["value"]}
        if change.field == PHONE:
            known["replaces"] = str(change.old["value"])
    return known


def next_question(state: State) -> str:
    """The part or field that has to be asked next; `WHAT` where no field is known, empty where all is."""
    if not state.get("fields"):
        return WHAT
    return _wrong_part(state) or _missing_part(state)


def _missing_part(state: State) -> str:
    values = state.get("values") or {}
    for field in state["fields"]:
        if field != ADDRESS:
            if not values.get(field):
                return str(field)
            continue
        if not values.get("postal_code"):
            return "postal_code"
        if not values.get("street"):
            return "number" if values.get(BARE_STREET) else "street"
        for part in ("district", "city"):
            if not values.get(part):
                return part
    return ""


def _wrong_part(state: State) -> str:
    """The part whose value was wrong in the last words, which is said at once; empty without."""
    values, fields = state.get("values") or {}, state["fields"]
    wrong = [part for part in state.get("problems") or () if part in _ASKED and not values.get(part)]
    return next((part for part in wrong if (ADDRESS if part in ADDRESS_PARTS else part) in fields), "")


def parts_of(state: State, field: str) -> dict[str, str]:
    """A field's new value; of an address, the state is its CEP's where none was said."""
    values = state.get("values") or {}
    if field != ADDRESS:
        return {"value": str(values.get(field) or "")}
    found = {part: str(values.get(part) or "") for part in ADDRESS_PARTS}
    return found | {"state": found["state"] or state_of(found["postal_code"])}


def any_value(state: State, field: str) -> bool:
    """Whether anything of a field's new value was said, right or wrong."""
    parts = {*ADDRESS_PARTS, BARE_STREET, "number"} if field == ADDRESS else {field}
    return bool(parts & {*(state.get("values") or ()), *(state.get("problems") or ())})


def forget(state: State, fields: Iterable[str], *, ask_again: bool) -> None:
    """The values of these fields are gone; the fields too, unless they are to be asked for again."""
    gone = set(fields)
    parts = gone | ({*ADDRESS_PARTS, BARE_STREET} if ADDRESS in gone else set())
    state["values"] = {part: value for part, value in (state.get("values") or {}).items() if part not in parts}
    state["problems"] = {part: text for part, text in (state.get("problems") or {}).items() if part not in parts}
    if not ask_again:
        state["fields"] = [field for field in state.get("fields") or () if field not in gone]
    state.pop("confirmed", None)


def listed(state: State) -> str:
    """One line for each change, with its new value: the person confirms it, whoever takes over reads it."""
    titles = {field: FIELDS[field].title for field in state.get("fields") or ()}
    return "\n".join(
        f"• *{title[:1].upper()}{title[1:]}*: {shown(field, parts_of(state, field))}" for field, title in titles.items()
    )
