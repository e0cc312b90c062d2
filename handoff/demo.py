"""What only the demo has: its clock, moved from the phone page. Not there unless the simulator is what sends."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from backend import audit
from backend.actor import SYSTEM
from backend.store.bell import Bell
from backend.store.clock import business_now, set_offset
from backend.store.engine import Store
from handoff.whatsapp.webhook import Refused, signed_form

FURTHEST = 400 * 24 * 3600


async def move_clock(request: Request) -> Response:
    """Moves business time by `offset_seconds` from now on; signed as Twilio's webhooks are."""
    store: Store = request.app.state.store
    bell: Bell = request.app.state.bell
    try:
        form = await signed_form(request)
        seconds = float(form.get("offset_seconds", ""))
        if not 0 <= seconds <= FURTHEST:
            raise ValueError
    except Refused as refusal:
        return PlainTextResponse(refusal.why, status_code=refusal.status)
    except ValueError:
        return PlainTextResponse("offset_seconds", status_code=400)
    async with store.unit_of_work() as session:
        await set_offset(session, ahead=timedelta(seconds=seconds))
        now = await business_now(session)
        audit.record(session, "demo.move_clock", ("clock", "offset"), actor=SYSTEM, now=now, seconds=seconds)
    await bell.ring("outbox", "inbox")
    return Response(status_code=204)


ROUTES = [Route("/demo/clock", move_clock, methods=["POST"])]
