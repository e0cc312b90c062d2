"""The plan's books for what is owed, each test in a transaction of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.settings import settings
from backend.store.engine import Store
from tests.backend.delinquency.owing import Books


@pytest.fixture
def whatsapp_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    monkeypatch.setattr(settings(), "notice_by_whatsapp", True)


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.unit_of_work() as session:
        yield session


@pytest.fixture
async def books(session: AsyncSession, store: Store, whatsapp_counts: None) -> Books:
    return await Books.opened(session, store)
