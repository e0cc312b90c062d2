"""Runs the simulator: `python -m simulator`."""

import os

import uvicorn

from simulator.app import create_app
from simulator.settings import Settings


def main() -> None:
    """Serve until stopped, on the address the environment names."""
    settings = Settings.from_environment(os.environ)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        # An open page holds a stream for ever; without this, stopping would wait for it.
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
