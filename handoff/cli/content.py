"""Handing our templates in: Twilio's Content API, here the simulator's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx
import yaml

from backend.settings import Settings
from handoff.whatsapp.templates import FIRST_OPTION, MOST_BUTTONS, MOST_ITEMS


def register_content(config: Settings) -> dict[str, str]:
    """Creates every template and the option templates; gives their ContentSids by name.

    In production the operator does this once in Twilio's console, since Meta approves each template.
    """
    auth = (config.twilio_account_sid, config.twilio_auth_token.get_secret_value())
    sids: dict[str, str] = {}
    with httpx.Client(base_url=config.twilio_url, auth=auth, timeout=10) as http:
        for name, types in (_written(config) | _options()).items():
            body = {"friendly_name": name, "language": "pt_BR", "types": types}
            answer = http.post("/v1/Content", json=body)
            answer.raise_for_status()
            sids[name] = str(answer.json()["sid"])
    return sids


def _written(config: Settings) -> dict[str, dict[str, object]]:
    entries = yaml.safe_load(config.templates_file.read_text(encoding="utf-8"))
    return {name: _types(entry["body"].strip(), entry.get("buttons") or ()) for name, entry in entries.items()}


def _types(body: str, buttons: Sequence[Mapping[str, str]]) -> dict[str, object]:
    """A text; quick replies where the template has buttons. Their ids are codes: what is answered stays with us."""
    if not buttons:
        return {"twilio/text": {"body": body}}
    actions = [{"title": button["title"], "id": f"option_{n}"} for n, button in enumerate(buttons, 1)]
    return {"twilio/quick-reply": {"body": body, "actions": actions}}


def _options() -> dict[str, dict[str, object]]:
    """Buttons for up to three options, a list for four to ten; {{1}} is the text, {{2}} the first title."""
    found: dict[str, dict[str, object]] = {}
    for count in range(1, MOST_ITEMS + 1):
        places = [f"{{{{{number}}}}}" for number in range(FIRST_OPTION, FIRST_OPTION + count)]
        if count <= MOST_BUTTONS:
            actions = [{"title": place, "id": f"option_{n}"} for n, place in enumerate(places, 1)]
            found[f"options_{count}"] = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
        else:
            items = [{"item": place, "id": f"option_{n}", "description": ""} for n, place in enumerate(places, 1)]
            listed = {"body": "{{1}}", "button": "Ver opções", "items": items}
            found[f"options_{count}"] = {"twilio/list-picker": listed}
    return found
