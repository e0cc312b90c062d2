"""`rasa run` as we start it: loopback, our channel, no telemetry, its token from the environment and not from `ps`."""

from __future__ import annotations

import argparse
import os
import sys


def main() -> None:
    """Starts Rasa's server in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--port", default="5005")
    chosen = parser.parse_args()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")  # it calls home otherwise
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 (Rasa finds our components by their module's name)

    from rasa.__main__ import main as rasa

    sys.argv = [
        "rasa", "run", "--enable-api", "--auth-token", os.environ["ZELO_RASA_TOKEN"], "--interface", "127.0.0.1",
        "--port", chosen.port, "--model", chosen.model, "--endpoints", "endpoints.yml",
        "--credentials", "credentials.yml",
    ]  # fmt: skip
    rasa()


if __name__ == "__main__":
    main()
