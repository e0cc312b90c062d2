"""A list comes in: kept as it was given, its columns guessed, confirmed by whoever sent it. [processes.md 6]"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.delinquency.lists import columns as known
from backend.delinquency.lists import reading
from backend.delinquency.lists.cells import clean
from backend.delinquency.tables import Campaign
from backend.errors import InvalidInput, NotFound, Taken
from backend.store import files

CONFIRMABLE = ("columns", "read")  # until it is approved, a wrong column can be set right
_LONGEST_NAME = 120


async def upload(
    session: AsyncSession, *, name: str, content: bytes, file_name: str, actor: Actor, now: datetime
) -> Campaign:
    """A new campaign from a workbook: kept encrypted, in state `columns`, with headers, five lines and a guess.

    `columns` holds for each field of `columns.TITLES` its column, from 0, or None. InvalidInput, in the operator's
    words, where the file is no XLSX that can be read; nothing is kept then. Nobody is called by it.
    """
    title = clean(name)[:_LONGEST_NAME]
    if not title:
        raise InvalidInput("Dê um nome à campanha, por exemplo o mês da lista.")
    opened = await asyncio.to_thread(reading.opened, content)
    digest = await asyncio.to_thread(files.keep, content)
    campaign = Campaign(
        name=title, state="columns", file_sha256=digest, file_name=clean(file_name)[:_LONGEST_NAME] or "lista.xlsx",
        sheet=opened.sheet, header_line=opened.header_line, headers=list(opened.headers),
        sample=[{"line": line.number, "cells": list(line.cells)} for line in opened.sample],
        columns=dict(opened.columns), lines_total=opened.lines_about, created_by=actor.id, created_at=now,
    )  # fmt: skip
    session.add(campaign)
    await session.flush()
    audit.record(
        session, "lists.upload", ("campaign", campaign.id), actor=actor, now=now, sha256=digest, bytes=len(content)
    )
    return campaign


async def confirm_columns(
    session: AsyncSession, *, campaign: Campaign, columns: Mapping[str, int | None], actor: Actor, now: datetime
) -> None:
    """Says which column holds what; the worker reads the lines then (state `reading`).

    `columns`: fields of `columns.TITLES` with their place in `headers`, from 0. CPF and name are needed. Again before
    the approval, the list is read anew. InvalidInput where they cannot be right, Taken where it is being read with
    other columns, or was approved.
    """
    await session.refresh(campaign, with_for_update=True)
    chosen: dict[str, object] = dict(known.check(columns, len(campaign.headers)))
    if campaign.state == "reading" and campaign.columns == chosen:
        return
    if campaign.state not in CONFIRMABLE:
        raise Taken("Esta lista já está sendo lida ou já foi aprovada.", detail=f"list in state {campaign.state}")
    campaign.columns, campaign.state, campaign.lines_done, campaign.problem = chosen, "reading", 0, ""
    await session.flush()
    audit.record(session, "lists.confirm_columns", ("campaign", campaign.id), actor=actor, now=now, columns=chosen)


async def get(session: AsyncSession, campaign_id: UUID) -> Campaign:
    """The campaign of this id; NotFound where there is none."""
    found = (await session.scalars(select(Campaign).where(Campaign.id == campaign_id))).one_or_none()
    if found is None:
        raise NotFound("Não encontrei essa campanha.", detail="campaign")
    return found
