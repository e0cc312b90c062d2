"""Requests on the teams' boards, each as its process leaves it: for tests and for looking at pages."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from PIL import Image, ImageDraw
from sqlalchemy import select

from backend.actor import ASSISTANT
from backend.beneficiaries import Beneficiary
from backend.coming_of_age.tables import ComingOfAge
from backend.disputes.tables import ChargeDispute
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.documents.verbs import Given
from backend.holder_change.tables import HolderChange
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.machines import MACHINES
from backend.protocols.tables import Protocol
from backend.registration.tables import RegistrationChange
from backend.store.files import File, keep
from tests.console.console_rig import ANAS_CPF, BRUNOS_CPF, CARLOS_CPF, DEBORAS_CPF, Desk

ADDRESS_OLD = {"postal_code": "65010000", "street": "Rua do Sol, 12", "district": "Centro", "city": "São Luís",
               "state": "MA"}  # fmt: skip
ADDRESS_NEW = {"postal_code": "65075000", "street": "Rua das Flores, 123, apto 4", "district": "Calhau",
               "city": "São Luís", "state": "MA"}  # fmt: skip


def picture(words: str = "Documento", longest: int = 1200) -> bytes:
    """A page as a photograph: a JPEG with some lines."""
    size = (900, 1200)
    image = Image.new("RGB", size, (247, 244, 236))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, size[0] - 40, size[1] - 40), outline=(90, 110, 105), width=4)
    draw.text((80, 90), words, fill=(30, 40, 40), font_size=44)
    for line in range(14):
        draw.rectangle((80, 220 + 60 * line, size[0] - 120 - (line % 4) * 90, 236 + 60 * line), fill=(190, 196, 190))
    image.thumbnail((longest, longest))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80)
    return content.getvalue()


async def request_of(
    desk: Desk, kind: str, cpf: str = ANAS_CPF, *, stage: str = "in_review", conversation: UUID | None = None,
    due: timedelta = timedelta(days=4), since: timedelta = timedelta(hours=3),
) -> Protocol:  # fmt: skip
    """An open protocol of this kind in this stage."""
    now, person = await desk.now(), await desk.person(cpf)
    async with desk.store.unit_of_work() as session:
        protocol = await protocols.open_protocol(
            session, desk.store, kind=KINDS[kind], request_key=str(uuid4()), conversation_id=conversation,
            beneficiary_id=person.id, actor=ASSISTANT, now=now - since,
        )  # fmt: skip
        protocol.due_at = now + due
        if kind in MACHINES:
            found = MACHINES[kind].stages[stage]
            protocol.stage, protocol.team = stage, found.team or protocol.team
            protocol.state = "waiting" if found.waits_for_person else "open"
    return protocol


async def document_of(
    desk: Desk, protocol: Protocol, kind: str = "rg", *, pages: int = 1, words: str = "", **values: Any
) -> Document:
    """A document under a protocol, its pages as pictures."""
    sheets = tuple(keep(picture(f"{words or kind} {page + 1}")) for page in range(pages))
    content = picture(words or kind)
    file = File(keep(content), f"{kind or 'foto'}.jpg", "image/jpeg", len(content))
    given = Given(file, f"media:{uuid4()}", pages, sheets, keep(picture(words or kind, 240)))
    async with desk.store.unit_of_work() as session:
        row = await session.get_one(Protocol, protocol.id)
        document = await documents.receive(
            session, protocol=row, given=given, kind=kind, actor=ASSISTANT, now=await desk.now()
        )
        for name, value in values.items():
            setattr(document, name, value)
    return document


async def registration_of(desk: Desk, cpf: str = ANAS_CPF, **values: Any) -> Protocol:
    """Somebody wants another address and e-mail, with a proof of the address."""
    protocol = await request_of(desk, "registration_update", cpf, **values)
    person = await desk.person(cpf)
    await desk.add(
        RegistrationChange(protocol_id=protocol.id, beneficiary_id=person.id, field="address", old=ADDRESS_OLD,
                           new=ADDRESS_NEW),
        RegistrationChange(protocol_id=protocol.id, beneficiary_id=person.id, field="email",
                           old={"value": person.email}, new={"value": "ana.nova@exemplo.com.br"}),
    )  # fmt: skip
    await document_of(desk, protocol, "address_proof", words="Conta de luz")
    return protocol


async def coming_of_age_of(desk: Desk, **values: Any) -> Protocol:
    """Ana asks for Bruno, with all papers."""
    protocol = await request_of(desk, "coming_of_age", ANAS_CPF, **values)
    bruno = await desk.person(BRUNOS_CPF)
    await desk.add(ComingOfAge(protocol_id=protocol.id, dependent_id=bruno.id))
    for kind in ("rg", "cpf", "enrolment_proof", "attendance_proof"):
        await document_of(desk, protocol, kind)
    return protocol


async def holder_change_of(desk: Desk, **values: Any) -> Protocol:
    """Carlos's contract is to be Débora's."""
    protocol = await request_of(desk, "holder_change", CARLOS_CPF, **values)
    carlos, debora = await desk.person(CARLOS_CPF), await desk.person(DEBORAS_CPF)
    await desk.add(
        HolderChange(protocol_id=protocol.id, contract_id=carlos.contract_id, old_holder_id=carlos.id,
                     new_holder_id=debora.id)
    )  # fmt: skip
    return protocol


async def dispute_of(desk: Desk, cpf: str = CARLOS_CPF, *, stage: str = "in_analysis", **values: Any) -> Protocol:
    """Somebody never had the scan that he pays for."""
    protocol = await request_of(desk, "charge_dispute", cpf, stage=stage, **values)
    person = await desk.person(cpf)
    await desk.add(
        ChargeDispute(protocol_id=protocol.id, claimant_id=person.id, charged_for="Ressonância magnética do joelho",
                      claim="Nunca fiz esse exame.", billing_month=(await desk.now()).date().replace(day=1))
    )  # fmt: skip
    return protocol


async def stage_of(desk: Desk, protocol: Protocol) -> str:
    """Where a protocol stands now."""
    async with desk.store.unit_of_work() as session:
        return await session.scalar(select(Protocol.stage).where(Protocol.id == protocol.id)) or ""


async def everybody(desk: Desk) -> list[Beneficiary]:
    """All people of the demo."""
    return await desk.rows(Beneficiary)
