"""The files of a turn, kept with a request until they lie under its protocol: they may come before who it is."""

from __future__ import annotations

from typing import Any

from actions.talk import Talk
from backend.documents.verbs import Given
from backend.store.files import File

FileSeen = dict[str, Any]


def files_of(talk: Talk) -> list[FileSeen]:
    """What came with this turn, as dispatch tells it (`handoff/dispatch/turns.as_context`). Pure."""
    return list(talk.context.get("files") or ())


def stash(talk: Talk) -> None:
    """Adds this turn's files to those of the request that are not under its protocol yet.

    What was written with one that came alone stays with it, as its `caption`.
    """
    held: list[FileSeen] = talk.state.get("files") or []
    known = {file["id"] for file in held}
    here = [file for file in files_of(talk) if file["id"] not in known]
    if len(here) == 1 and talk.text.strip():
        here = [here[0] | {"caption": talk.text}]
    if here:
        talk.state["files"] = [*held, *here]


def given(file: FileSeen) -> Given:
    """A file as the documents' verbs take it. Pure."""
    stored = File(file["sha256"], file["name"], file["content_type"], file["size"])
    return Given(stored, f"media:{file['id']}", file["pages"], tuple(file["previews"]), file["thumbnail"])
