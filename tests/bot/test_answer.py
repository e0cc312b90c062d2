"""What a turn's events become, in Rasa's own environment: texts, files and the command, in their order."""

from __future__ import annotations

import json
import os
import subprocess

from handoff.cli.model import RASA_PYTHON
from tests.stack import ROOT

FILE = {"sha256": "a" * 64, "name": "fatura.pdf", "content_type": "application/pdf", "size": 4}

# What the action server answers, uttered by Rasa as it does after a remote action, and read back from the tracker's
# JSON as after a restart.
SCRIPT = """
import asyncio, json, sys
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot.turn import QuietOutput, answer_of

responses = json.loads(sys.stdin.read())
uttered = asyncio.run(RemoteAction._utter_responses(responses, QuietOutput(), None, None))
said = UserUttered("segunda via", parse_data={"intent": {"name": "invoice_copy"}}, input_channel="zelo")
said.message_id = "turn"
events = [Event.from_parameters(json.loads(json.dumps(event.as_dict()))) for event in [said, *uttered]]
answers = [answer_of(DialogueStateTracker.from_events("c", events), "turn") for _ in range(2)]
print(json.dumps(answers))
"""


def answers(*responses: dict[str, object]) -> list[dict[str, object]]:
    run = subprocess.run(
        [str(RASA_PYTHON), "-W", "ignore", "-c", SCRIPT],
        input=json.dumps(responses), capture_output=True, text=True, cwd=ROOT, check=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return list(json.loads(run.stdout))


def test_files_are_replies_in_their_place_with_or_without_words_and_the_same_when_asked_again() -> None:
    [first, again] = answers(
        {"text": "Achei."},
        {"text": None, "custom": {"file": FILE}},
        {"text": "Sua fatura.", "custom": {"file": FILE}},
        {"custom": {"command": {"close": True}}},
    )
    assert first == again
    assert first["replies"] == [
        {"text": "Achei.", "options": [], "file": None},
        {"text": "", "options": [], "file": FILE},
        {"text": "Sua fatura.", "options": [], "file": FILE},
    ]
    assert first["command"] == {"close": True}
