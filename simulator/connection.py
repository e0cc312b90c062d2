"""An answer that never comes: the connection is cut instead."""

from fastapi import Response
from starlette.types import Receive, Scope, Send


class CutConnection(Response):
    """Closes the caller's connection without a byte, as a lost network would."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        """Abort the transport and wait until the server has noticed, so that it answers nothing."""
        # ASGI has no word for this; uvicorn's request cycle, to which `receive` is bound, knows
        # its transport.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is None:
            raise ConnectionAbortedError("The simulator was told to cut this connection")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
