"""Twilio's Content API: make, fetch and list templates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from simulator.clock import rfc2822
from simulator.content import INVALID_CONTENT, check_types
from simulator.credentials import authenticated
from simulator.errors import invalid, not_found
from simulator.exchange import Exchange
from simulator.model import Content, new_sid

router = APIRouter(prefix="/v1/Content")
Authenticated = Annotated[Exchange, Depends(authenticated)]


@router.post("")
async def create_content(request: Request, exchange: Authenticated) -> JSONResponse:
    """Keep a template, within the channel's limits."""
    try:
        wanted = await request.json()
    except ValueError:
        raise invalid(INVALID_CONTENT, "The body is not JSON") from None
    if not isinstance(wanted, dict):
        raise invalid(INVALID_CONTENT, "The body is not a JSON object")
    content = Content(
        sid=new_sid("HX"),
        friendly_name=str(wanted.get("friendly_name") or ""),
        language=str(wanted.get("language") or "pt_BR"),
        variables={str(name): str(value) for name, value in (wanted.get("variables") or {}).items()},
        types=check_types(wanted.get("types")),
        created_at=exchange.clock.now(),
    )
    exchange.store.contents[content.sid] = content
    return JSONResponse(_resource(exchange, content), status_code=201)


@router.get("")
async def contents(exchange: Authenticated) -> dict[str, object]:
    """All templates, on one page."""
    url = f"{exchange.settings.base_url}/v1/Content?PageSize=1000&Page=0"
    return {
        "contents": [_resource(exchange, content) for content in exchange.store.contents.values()],
        "meta": {
            "key": "contents",
            "page": 0,
            "page_size": 1000,
            "first_page_url": url,
            "previous_page_url": None,
            "next_page_url": None,
            "url": url,
        },
    }


@router.get("/{content_sid}")
async def content(content_sid: str, request: Request, exchange: Authenticated) -> dict[str, object]:
    """One template."""
    known = exchange.store.contents.get(content_sid)
    if known is None:
        raise not_found(request.url.path)
    return _resource(exchange, known)


def _resource(exchange: Exchange, content: Content) -> dict[str, object]:
    url = f"{exchange.settings.base_url}/v1/Content/{content.sid}"
    created = rfc2822(content.created_at)
    return {
        "sid": content.sid,
        "account_sid": exchange.settings.account_sid,
        "friendly_name": content.friendly_name,
        "language": content.language,
        "variables": content.variables,
        "types": content.types,
        "date_created": created,
        "date_updated": created,
        "url": url,
        "links": {"approval_fetch": f"{url}/ApprovalRequests"},
    }
