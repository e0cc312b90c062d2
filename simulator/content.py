"""Templates: what the Content API accepts, and how one is filled in."""

import json
import re

from simulator.errors import TwilioError, invalid
from simulator.model import Choice, Content, Rendered

MAX_BUTTONS = 3
MAX_BUTTON_TITLE = 20
MAX_ITEMS = 10
MAX_ITEM_TITLE = 24
KNOWN_TYPES = ("twilio/text", "twilio/quick-reply", "twilio/list-picker")
PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")
INVALID_CONTENT = 20422


def check_types(types: object) -> dict[str, dict[str, object]]:
    """The types of a template, refused as Twilio would when they break the channel's limits."""
    # Twilio's own client names every type it knows, null where there is none.
    types = {n: f for n, f in types.items() if f is not None} if isinstance(types, dict) else {}
    if not types:
        raise invalid(INVALID_CONTENT, "A template needs at least one type")
    for name, fields in types.items():
        if name not in KNOWN_TYPES or not isinstance(fields, dict):
            raise invalid(INVALID_CONTENT, f"The type {name} is not known here")
        if not isinstance(fields.get("body"), str) or not fields["body"]:
            raise invalid(INVALID_CONTENT, f"The type {name} needs a body")
    if "twilio/quick-reply" in types:
        _check_choices(types["twilio/quick-reply"].get("actions"), "title", MAX_BUTTONS, MAX_BUTTON_TITLE)
    if "twilio/list-picker" in types:
        picker = types["twilio/list-picker"]
        _check_choices(picker.get("items"), "item", MAX_ITEMS, MAX_ITEM_TITLE)
        if not 0 < len(str(picker.get("button") or "")) <= MAX_BUTTON_TITLE:
            raise invalid(INVALID_CONTENT, f"A list needs a button of at most {MAX_BUTTON_TITLE} characters")
    return types


def parse_variables(text: str | None) -> dict[str, str]:
    """ContentVariables: a JSON object of strings.

    Raises TwilioError 21656 for anything else.
    """
    try:
        variables = json.loads(text) if text else {}
    except ValueError:
        raise _invalid_variables() from None
    if not isinstance(variables, dict) or not all(isinstance(v, str) for v in variables.values()):
        raise _invalid_variables()
    return variables


def render(content: Content, variables: dict[str, str]) -> Rendered:
    """The richest type of a template with `{{1}}` filled in; a variable not given keeps its sample."""
    values = content.variables | variables

    def fill(value: object) -> str:
        return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), str(value or ""))

    if "twilio/list-picker" in content.types:
        picker = content.types["twilio/list-picker"]
        items = tuple(
            Choice(fill(row["item"]), fill(row.get("id")), fill(row.get("description")))
            for row in _rows(picker["items"])
        )
        return Rendered(fill(picker["body"]), list_label=fill(picker["button"]), items=items)
    if "twilio/quick-reply" in content.types:
        reply = content.types["twilio/quick-reply"]
        buttons = tuple(
            Choice(fill(row["title"]), fill(row.get("id") or row["title"])) for row in _rows(reply["actions"])
        )
        return Rendered(fill(reply["body"]), buttons=buttons)
    return Rendered(fill(content.types["twilio/text"]["body"]))


def needs_open_window(content: Content) -> bool:
    """Lists are never approved for messages that the business starts."""
    return "twilio/list-picker" in content.types


def _rows(value: object) -> list[dict[str, object]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _check_choices(value: object, title_field: str, most: int, longest: int) -> None:
    rows = _rows(value)
    if not 0 < len(rows) <= most or not isinstance(value, list) or len(rows) != len(value):
        raise invalid(INVALID_CONTENT, f"Between 1 and {most} options are allowed")
    for row in rows:
        # A placeholder's length is known only when it is filled in.
        title = str(row.get(title_field) or "")
        if not title or (len(title) > longest and not PLACEHOLDER.search(title)):
            raise invalid(INVALID_CONTENT, f"An option's title has 1 to {longest} characters")


def _invalid_variables() -> TwilioError:
    return invalid(21656, "The ContentVariables parameter is invalid")
