"""The network: providers, and the practices whose ids the agenda asks for."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select

from backend.network.tables import Place, Practice, Provider
from handoff.api.calls import Call, Working, reads
from handoff.api.shapes import Cursor, Limit, Page, Shown, cursor_of, page, place_of

router = APIRouter(route_class=Call, tags=["network"])


class ProviderShown(Shown):
    """A doctor, dentist, therapist, clinic, hospital or laboratory."""

    id: UUID
    kind: str
    name: str
    council: str = Field(examples=["CRM-MA 1234"])
    active: bool


class PlaceShown(Shown):
    """An address where people are seen."""

    id: UUID
    name: str
    street: str
    district: str
    city: str
    state: str
    postal_code: str
    phone: str


class PracticeShown(Shown):
    """A provider at a place in a specialty."""

    id: UUID
    specialty: str = Field(examples=["cardiology"])
    active: bool
    provider: ProviderShown
    place: PlaceShown


@router.get("/providers", dependencies=reads("network:read"), summary="List providers")
async def list_providers(work: Working, cursor: Cursor = None, limit: Limit = 100) -> Page[ProviderShown]:
    """Every provider, the inactive ones too."""
    query = select(Provider).order_by(Provider.id).limit(limit + 1)
    if cursor is not None:
        query = query.where(Provider.id > place_of(cursor, UUID)[0])
    rows = (await work.session.scalars(query)).all()
    shown, following = page(rows, limit, lambda one: cursor_of(one.id))
    work.about("providers", "list")
    return Page(items=[_provider(one) for one in shown], next_cursor=following)


@router.get("/practices", dependencies=reads("network:read"), summary="List practices")
async def list_practices(
    work: Working,
    provider_id: Annotated[UUID | None, Query()] = None,
    specialty: Annotated[str | None, Query(pattern=r"^[a-z_]{1,60}$", examples=["cardiology"])] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[PracticeShown]:
    """Every practice with its provider and place, the inactive ones too."""
    query = select(Practice, Provider, Place).join_from(Practice, Provider).join(Place, Place.id == Practice.place_id)
    query = query.order_by(Practice.id).limit(limit + 1)
    if provider_id is not None:
        query = query.where(Practice.provider_id == provider_id)
    if specialty is not None:
        query = query.where(Practice.specialty == specialty)
    if cursor is not None:
        query = query.where(Practice.id > place_of(cursor, UUID)[0])
    rows = (await work.session.execute(query)).all()
    shown, following = page(rows, limit, lambda row: cursor_of(row[0].id))
    work.about("practices", "list")
    return Page(items=[_practice(*row) for row in shown], next_cursor=following)


def _provider(one: Provider) -> ProviderShown:
    return ProviderShown(id=one.id, kind=one.kind, name=one.name, council=one.council, active=one.active)


def _practice(one: Practice, provider: Provider, place: Place) -> PracticeShown:
    return PracticeShown(
        id=one.id, specialty=one.specialty, active=one.active, provider=_provider(provider),
        place=PlaceShown(
            id=place.id, name=place.name, street=place.street, district=place.district, city=place.city,
            state=place.state, postal_code=place.postal_code, phone=place.phone,
        ),
    )  # fmt: skip
