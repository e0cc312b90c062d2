"""A file that an action says: kept by its content, and a part of the answer like every text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import Talk
from backend.settings import settings
from backend.store import files
from backend.store.engine import Store

SLIP = b"%PDF-1.7 slip"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)


async def said(store: Store, caption: str = "") -> dict[str, Any]:
    dispatcher = CollectingDispatcher()
    async with store.sessions() as session:
        tracker = Tracker(str(uuid4()), {}, {}, [], False, None, {}, "action_listen")
        talk = Talk("action_invoice_copy", session, store, datetime(2026, 11, 22, tzinfo=UTC), tracker, dispatcher)
        talk.say_file(SLIP, "fatura-março.pdf", "application/pdf", caption)
    [message] = dispatcher.messages
    return message


async def test_a_file_is_kept_and_named_in_the_answer_with_its_caption(store: Store) -> None:
    message = await said(store, "Sua fatura de março.")
    assert message["text"] == "Sua fatura de março."
    file = message["custom"]["file"]
    assert file == {
        "sha256": files.keep(SLIP), "name": "fatura-março.pdf", "content_type": "application/pdf", "size": len(SLIP),
    }  # fmt: skip
    assert files.read(file["sha256"]) == SLIP


async def test_an_action_carried_out_again_names_the_same_file(store: Store) -> None:
    assert await said(store) == await said(store)
