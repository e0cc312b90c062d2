"""A simulator and a stand-in for the product, each on a port of its own."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

# These tests run on their own too, without an installed project or a common configuration.
HERE = Path(__file__).parent
for folder in (HERE, HERE.parents[1]):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from simulator_rig import LoopbackHttpClient, Product, Simulator, free_port, served  # noqa: E402
from twilio.rest import Client  # noqa: E402

from simulator.app import create_app  # noqa: E402
from simulator.settings import Settings  # noqa: E402


@pytest.fixture
def product() -> Iterator[Product]:
    port = free_port()
    stand_in = Product(f"http://127.0.0.1:{port}")
    with served(stand_in.app(), port):
        yield stand_in
        stand_in.hold.set()


@pytest.fixture
def start(product: Product) -> Iterator[Callable[..., Simulator]]:
    """Starts a simulator with settings of the test's own."""
    with ExitStack() as stack:

        def started(**changes: object) -> Simulator:
            settings = Settings(port=free_port(), public_url=product.url, step_pause=0.02)
            settings = replace(settings, **changes)
            url = stack.enter_context(served(create_app(settings), settings.port))
            http = stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=20))
            return Simulator(url, settings, http)

        yield started


@pytest.fixture
def simulator(start: Callable[..., Simulator]) -> Simulator:
    return start()


@pytest.fixture
def twilio(simulator: Simulator) -> Client:
    """The official client, as the product has it."""
    return Client(*simulator.credentials, http_client=LoopbackHttpClient(simulator.url))


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(__file__).parents[2] / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
