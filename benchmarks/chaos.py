"""`make chaos`: 200 conversations of five-message bursts, every message posted twice at once, workers killed twice.

Counted from what others saw: the simulator's log, and the assistant's own tracker.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.stack import ROOT, Stack, eventually, prepared, start_all

CONVERSATIONS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
FOLDER = ROOT / "var" / "chaos"
BURST = ("oi", "tudo bem?", "preciso de ajuda com o plano", "é a mensagem número", "obrigada")
KILLS_AT = (0.25, 0.6)


def phone(number: int) -> str:
    """A telephone of the run."""
    return f"+55984{number:08d}"


def burst(stack: Stack, number: int) -> None:
    """One person types five messages; each is posted twice at the same time."""
    for place, words in enumerate(BURST, 1):
        body = {"phone": phone(number), "body": f"{words} [{number}.{place}]", "copies": 2, "wait": True}
        stack.http.post(f"{stack.simulator}/control/inbound", json=body, timeout=120).raise_for_status()


def heard(stack: Stack) -> dict[str, list[str]]:
    """What the assistant was told of each conversation, in its own tracker's order: the marks of the messages."""
    rows = stack.rows(
        "SELECT p.address, e.data FROM rasa.events e JOIN conversation c ON c.id::text = e.sender_id"
        " JOIN contact p ON p.id = c.contact_id WHERE e.type_name = 'user' ORDER BY e.id"
    )
    found: dict[str, list[str]] = {}
    for address, data in rows:
        found.setdefault(address, []).extend(re.findall(r"\[(\d+\.\d+)\]", json.loads(data)["text"]))
    return found


def said(stack: Stack) -> dict[str, list[str]]:
    """What the assistant said in each conversation, in its tracker's order."""
    rows = stack.rows(
        "SELECT p.address, e.data FROM rasa.events e JOIN conversation c ON c.id::text = e.sender_id"
        " JOIN contact p ON p.id = c.contact_id WHERE e.type_name = 'bot' ORDER BY e.id"
    )
    found: dict[str, list[str]] = {}
    for address, data in rows:
        text = json.loads(data).get("text")
        if text:
            found.setdefault(address, []).append(text)
    return found


def settled(stack: Stack) -> bool:
    """Nothing is pending, open or on its way."""
    query = (
        "SELECT (SELECT count(*) FROM message WHERE state IN ('pending', 'taken'))"
        " + (SELECT count(*) FROM turn WHERE state = 'open')"
        " + (SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending', 'unsure'))"
    )
    return bool(stack.rows(query) == [(0,)])


def run(stack: Stack) -> int:
    """Carries the chaos out and prints the count; gives how many things went wrong."""
    began = time.perf_counter()
    kills = 0
    with ThreadPoolExecutor(24) as pool:
        bursts = [pool.submit(burst, stack, number) for number in range(CONVERSATIONS)]
        for share in KILLS_AT:
            eventually(lambda share=share: sum(b.done() for b in bursts) >= share * CONVERSATIONS, seconds=600)
            for name in ("worker", "worker.1"):
                stack.kill(name)
                stack.start(name, "worker")
            kills += 2
        for each in bursts:
            each.result()
    eventually(lambda: settled(stack), seconds=600, what="everything settled")
    seconds = time.perf_counter() - began
    return report(stack, kills, seconds)


def report(stack: Stack, kills: int, seconds: float) -> int:
    """Compares what was typed, heard, said and sent."""
    told, spoken = heard(stack), said(stack)
    sent: dict[str, list[str]] = {}
    for send in stack.log()["sends"]:
        sent.setdefault(send["to"], []).append(send["body"])
    lost = doubled = disordered = unsent = twice = 0
    for number in range(CONVERSATIONS):
        address = f"whatsapp:{phone(number)}"
        typed = [f"{number}.{place}" for place in range(1, len(BURST) + 1)]
        marks = told.get(address, [])
        lost += len(set(typed) - set(marks))
        doubled += sum(count - 1 for count in Counter(marks).values() if count > 1)
        disordered += marks != sorted(marks)
        answers, taken = Counter(_plain(spoken.get(address, []))), Counter(_plain(sent.get(address, [])))
        unsent += sum((answers - taken).values())
        twice += sum((taken - answers).values())
    print(
        f"\n{CONVERSATIONS} conversations x {len(BURST)} messages, each posted twice at once, {kills} workers killed, {seconds:.0f} s"
    )
    print(
        f"{lost} lost, {doubled} heard twice, {disordered} conversations out of order, {unsent} answers not sent, {twice} sent twice"
    )
    return lost + doubled + disordered + unsent + twice


def _plain(texts: list[str]) -> list[str]:
    # An options message carries its numbered list in the text or in the template's buttons: the first line tells it.
    return [text.split("\n")[0] for text in texts]


def main() -> None:
    """Exit code 1 when anything was lost, doubled or out of order."""
    warnings.simplefilter("ignore")
    shutil.rmtree(FOLDER, ignore_errors=True)
    with prepared(FOLDER) as stack:
        start_all(stack, workers=2)
        sys.exit(1 if run(stack) else 0)


if __name__ == "__main__":
    main()
