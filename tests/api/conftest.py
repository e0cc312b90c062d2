"""Other systems that call the API on an empty database, through the application itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from backend.store.bell import Bell
from backend.store.engine import Store
from handoff.api.application import mount_api
from tests.api.api_rig import OpenSystem, System, new_system


@pytest.fixture
async def client(store: Store, bell: Bell) -> AsyncIterator[httpx.AsyncClient]:
    """The API as the web process mounts it."""
    app = FastAPI(openapi_url=None)
    app.state.store, app.state.bell = store, bell
    mount_api(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test", trust_env=False) as client:
        yield client


@pytest.fixture
def open_system(client: httpx.AsyncClient, store: Store) -> OpenSystem:
    async def opened(*scopes: str, name: str = "erp") -> System:
        return await new_system(client, store, name, *scopes)

    return opened


@pytest.fixture
async def erp(open_system: OpenSystem) -> System:
    """A system that may do everything."""
    return await open_system()
