"""A load generator for the webhook: signed requests made beforehand, raw sockets, many clients in one process."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.stack import FROM, TOKEN


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second, and milliseconds at the middle and at the 99th of a hundred."""

    rate: float
    p50: float
    p99: float
    refused: int


def requests_for(public_url: str, count: int, *, phones: int) -> list[bytes]:
    """Whole HTTP requests, each a message of its own, spread over so many telephones."""
    validator = RequestValidator(TOKEN)
    url = f"{public_url}/webhooks/twilio/messages"
    host = urlsplit(public_url).netloc
    made = []
    for number in range(count):
        form = {
            "MessageSid": f"SM{uuid.uuid4().hex}", "AccountSid": "AC" + "0" * 32, "MessageType": "text",
            "From": f"whatsapp:+55987{number % phones:08d}", "To": FROM, "WaId": f"55987{number % phones:08d}",
            "ProfileName": "Banco de prova", "Body": f"mensagem {number} do banco de prova", "NumMedia": "0",
            "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
        }  # fmt: skip
        body = urlencode(form).encode()
        head = (
            f"POST /webhooks/twilio/messages HTTP/1.1\r\nHost: {host}\r\nX-Twilio-Signature: "
            f"{validator.compute_signature(url, form)}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def drive(public_url: str, requests: list[bytes], clients: int) -> Measured:
    """Sends the requests over so many connections, each waiting for its answer before the next."""
    address = urlsplit(public_url)
    waiting = iter(requests)
    times: list[float] = []
    refused = 0

    async def client() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        for request in waiting:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            times.append((time.perf_counter() - began) * 1000)
            refused += not head.startswith(b"HTTP/1.1 204")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    seconds = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return Measured(len(times) / seconds, cuts[49], cuts[98], refused)
