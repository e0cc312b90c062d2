"""The application under /api/v1, with a description of its own: `/api/v1/openapi.json`, open to everybody."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from handoff.api import agenda, authorizations, invoices, network, people, problems, protocols
from handoff.api.problems import MEDIA_TYPE, Problem

PREFIX = "/api/v1"

DESCRIPTION = """\
JSON for the plan's other systems. Our backend is the register, the agenda, the ledger and the authorizations; where an
ERP owns them, its changes come in here, and each change that concerns a person is told to him by WhatsApp: freely
within the 24-hour window, else by an approved template.

- **Token**: `Authorization: Bearer …`, one per system, with scopes. Made by `zelo api add`, taken back by
  `zelo api revoke`. This description alone needs none: it holds no data.
- **Once**: every call that changes something carries an `Idempotency-Key`. The same key with the same request gives
  the stored answer again (`Idempotency-Replayed: true`); with another request it is refused (422); while the first is
  under way it is 409. Refused calls are not stored, since they changed nothing: mend them and use the key again.
- **Amounts** are strings in reais (`"389.90"`), **times** ISO 8601 with their zone, UTC in answers.
- **Lists** come in pages: ask again with `cursor=next_cursor`.
- **Errors** are `application/problem+json` (RFC 9457): `code` for programs, `detail` in Portuguese for people.
- Every call is on record with the system and whom it was about.
"""
TAGS = [
    {"name": "authorizations", "description": "Leave to perform a procedure (guias)."},
    {"name": "invoices", "description": "One month's charge (títulos)."},
    {"name": "agenda", "description": "Slots and appointments."},
    {"name": "network", "description": "Providers and practices."},
    {"name": "protocols", "description": "Requests, their numbers and histories."},
    {"name": "beneficiaries", "description": "Registration data."},
]
_REFUSALS = {
    400: "The idempotency key is missing, or the body cannot be read at all.",
    401: "No token, or one that is not valid.",
    403: "The token lacks the scope, or a person has to do this.",
    404: "There is no such row.",
    409: "Somebody else was first, or the same key is under way.",
    413: "The body is too large.",
    422: "A field is wrong, the present state does not allow it, or the key was used for another request.",
    503: "Not stored; try again with the same key.",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, text in _REFUSALS.items()
}


def create_api() -> FastAPI:
    """The application; whoever mounts it gives it `state.store` and `state.bell`."""
    api = FastAPI(
        title="Zelo", version="1", description=DESCRIPTION, openapi_tags=TAGS, docs_url=None, redoc_url=None,
        swagger_ui_oauth2_redirect_url=None, redirect_slashes=False, generate_unique_id_function=_operation,
    )  # fmt: skip
    router = APIRouter(responses=_RESPONSES)
    for part in (authorizations, invoices, agenda, network, protocols, people):
        router.include_router(part.router)
    api.include_router(router)
    problems.install(api)
    _describe_problems(api)
    return api


def mount_api(app: FastAPI) -> None:
    """Serves the API under /api/v1 on the application's own database and bell."""
    api = create_api()
    api.state = app.state
    app.mount(PREFIX, api, name="api")


def _operation(route: APIRoute) -> str:
    return route.name


def _describe_problems(api: FastAPI) -> None:
    """Adds the problem's schema, which no endpoint returns by itself, and takes FastAPI's own error's away."""
    generate = api.openapi

    def described() -> dict[str, Any]:
        if api.openapi_schema is None:
            schemas = generate().setdefault("components", {}).setdefault("schemas", {})
            model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(model.pop("$defs", {}), Problem=model)
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
        return generate()

    api.openapi = described  # type: ignore[method-assign]  # FastAPI's own way of extending it
