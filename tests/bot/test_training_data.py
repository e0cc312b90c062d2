"""The domain and the training data are what Rasa itself calls valid. (A broken domain is silently taken as empty.)"""

from __future__ import annotations

import subprocess

from handoff.cli import model
from tests.stack import ROOT


def test_rasa_finds_nothing_wrong_with_domain_rules_and_examples() -> None:
    command = [
        str(model.RASA_PYTHON), "-m", "rasa", "data", "validate", "--domain", "domain.yml",
        "--data", "data/nlu", "data/rules", "data/responses",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, env=model.environment(), check=False, capture_output=True, text=True, timeout=300
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]


def test_the_models_name_changes_with_what_it_is_made_of_and_with_nothing_else() -> None:
    before = model.data_hash()
    (ROOT / "var").mkdir(exist_ok=True)
    assert model.data_hash() == before
