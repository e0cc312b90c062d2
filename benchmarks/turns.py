"""Turn latency and turns a second, beside the bare Rasa REST channel: same model, same tracker, same script."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from tests.stack import FROM, TOKEN, Stack, eventually, free_port

PAUSE = 0.6  # people read before they write; then nothing of the last turn is still being sent
# Ten turns, each with an action call, none of which hands over or closes.
SCRIPT = (
    "oi", "ajuda", "preciso de ajuda", "oi bom dia", "o que você faz?",
    "me ajuda por favor", "olá", "ajuda", "boa tarde", "oi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turns:
    """Milliseconds of a turn, and turns a second."""

    p50: float
    p95: float
    p99: float
    rate: float

    @classmethod
    def of(cls, times: list[float], seconds: float) -> Turns:
        """From each turn's seconds and the whole run's."""
        cuts = statistics.quantiles([t * 1000 for t in times], n=100)
        return cls(cuts[49], cuts[94], cuts[98], len(times) / seconds)


async def bare_rasa(url: str, conversations: int, pause: float = 0) -> Turns:
    """The script over Rasa's REST channel, one caller for each conversation."""
    times: list[float] = []
    async with httpx.AsyncClient(timeout=120, limits=httpx.Limits(max_connections=100)) as http:

        async def talk() -> None:
            sender = uuid.uuid4().hex
            for text in SCRIPT:
                began = time.perf_counter()
                answer = await http.post(
                    f"{url}/webhooks/rest/webhook", json={"sender": str(uuid.UUID(sender)), "message": text}
                )
                answer.raise_for_status()
                assert answer.json(), "the bare channel lost a turn"
                times.append(time.perf_counter() - began)
                await asyncio.sleep(pause)

        began = time.perf_counter()
        await asyncio.gather(*(talk() for _ in range(conversations)))
        return Turns.of(times, time.perf_counter() - began)


async def zelo(stack: Stack, conversations: int, prefix: str, pause: float = 0) -> Turns:
    """The script through the whole of Zelo: from the webhook's post to the stored answer (the turn's row).

    Sending to Twilio comes after and keeps Twilio's pace of 80 a second, so it is no part of a turn.
    """
    times: list[float] = []
    url = f"{stack.web}/webhooks/twilio/messages"
    validator = RequestValidator(TOKEN)
    import psycopg  # noqa: PLC0415

    connection = await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True)
    answered: dict[str, int] = {}
    done = asyncio.Event()

    async def watch() -> None:
        query = (
            "SELECT p.address, count(*) FROM turn t JOIN conversation c ON c.id = t.conversation_id"
            " JOIN contact p ON p.id = c.contact_id WHERE t.state = 'answered' AND p.address LIKE %s GROUP BY 1"
        )
        while not done.is_set():
            rows = await (await connection.execute(query, (f"whatsapp:{prefix}%",))).fetchall()
            answered.update(dict(rows))
            await asyncio.sleep(0.005 if conversations == 1 else 0.05)  # looking costs the server time, too

    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=100)) as http:

        async def talk(number: int) -> None:
            address = f"whatsapp:{prefix}{number:04d}"
            for turn, text in enumerate(SCRIPT, 1):
                form = {
                    "MessageSid": f"SM{uuid.uuid4().hex}", "From": address, "To": FROM, "Body": text, "NumMedia": "0",
                }  # fmt: skip
                headers = {
                    "X-Twilio-Signature": validator.compute_signature(url, form),
                    "Content-Type": "application/x-www-form-urlencoded",
                }
                began = time.perf_counter()
                (await http.post(url, content=urlencode(form), headers=headers)).raise_for_status()
                while answered.get(address, 0) < turn:
                    await asyncio.sleep(0.002)
                times.append(time.perf_counter() - began)
                await asyncio.sleep(pause)

        watching = asyncio.create_task(watch())
        began = time.perf_counter()
        await asyncio.gather(*(talk(number) for number in range(conversations)))
        seconds = time.perf_counter() - began
        done.set()
        await watching
    await connection.close()
    return Turns.of(times, seconds)


def start_bare_rasa(stack: Stack) -> str:
    """A Rasa of its own with the REST channel on, the same model, tracker and actions; its address."""
    port = free_port()
    credentials = stack.folder / "rest.yml"
    credentials.write_text("rest:\n")
    stack.processes["bare"] = _rasa_run(stack, port, str(credentials))
    url = f"http://127.0.0.1:{port}"
    eventually(lambda: _answers(url), seconds=120, what="bare Rasa")
    return url


def _rasa_run(stack: Stack, port: int, credentials: str):  # type: ignore[no-untyped-def]
    import subprocess  # noqa: PLC0415

    command = [
        ".venv-rasa/bin/python", "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port),
        "--model", stack.environment["ZELO_MODEL"], "--endpoints", "endpoints.yml", "--credentials", credentials,
    ]  # fmt: skip
    log = (stack.folder / "bare.log").open("ab")
    return subprocess.Popen(
        command, env=stack.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )


def _answers(url: str) -> bool:
    try:
        return httpx.post(f"{url}/model/parse", json={"text": "oi"}, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def first_answer(stack: Stack) -> tuple[float, float]:
    """Seconds from start to the first answer: `rasa run` alone, and our Rasa with its channel to a whole turn."""
    port = free_port()
    credentials = stack.folder / "rest.yml"
    credentials.write_text("rest:\n")
    began = time.perf_counter()
    bare = _rasa_run(stack, port, str(credentials))
    eventually(lambda: _answers(f"http://127.0.0.1:{port}"), seconds=120, what="the first answer of bare Rasa")
    alone = time.perf_counter() - began
    bare.kill()
    bare.wait()
    stack.kill("rasa")
    began = time.perf_counter()
    stack.start("rasa")
    question = {
        "conversation": str(uuid.uuid4()),
        "turn": str(uuid.uuid4()),
        "text": "oi",
        "payload": None,
        "context": {},
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}

    def answered() -> bool:
        try:
            url = f"http://127.0.0.1:{stack.ports['rasa']}/webhooks/zelo/turn"
            return httpx.post(url, json=question, headers=headers, timeout=30).status_code == 200
        except httpx.HTTPError:
            return False

    eventually(answered, seconds=120, what="the first answer of ours")
    return alone, time.perf_counter() - began


def compare(stack: Stack, bare: str, conversations: int, *, rounds: int, pause: float = 0) -> None:
    """Prints both lines; of several rounds the middle one. With a pause, a turn's sends are over before the next."""
    label = f"{conversations}, paused" if pause else str(conversations)
    prefix = f"+55986{conversations:02d}{int(pause > 0)}"
    theirs = [asyncio.run(bare_rasa(bare, conversations, pause)) for _ in range(rounds)]
    ours = [asyncio.run(zelo(stack, conversations, f"{prefix}{n}", pause)) for n in range(rounds)]
    for name, found in (("bare Rasa", theirs), ("Zelo", ours)):
        middle = sorted(found, key=lambda turns: turns.p50)[len(found) // 2]
        print(f"{label:>14} {name:>10} {middle.p50:>8.1f} {middle.p95:>8.1f} {middle.p99:>8.1f} {middle.rate:>8.1f}")


def run(stack: Stack) -> None:
    """Prints the table at one and at fifty conversations."""
    bare = start_bare_rasa(stack)
    print("\nTurns: ten a conversation, each with an action call (Zelo: webhook posted → answer stored)")
    print(f"{'conversations':>14} {'':>10} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'turns/s':>8}")
    asyncio.run(bare_rasa(bare, 2))
    asyncio.run(zelo(stack, 2, "+5598600"))
    compare(stack, bare, 1, rounds=3, pause=PAUSE)
    compare(stack, bare, 1, rounds=6)
    compare(stack, bare, 50, rounds=1)
    stack.kill("bare")
