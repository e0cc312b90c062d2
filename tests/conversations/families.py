"""A family of its own for a dialogue about its contract, papers as people send them, and the desk that checks them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import attendant
from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.coming_of_age import verbs as coming_of_age
from backend.contracts import Contract
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.holder_change import verbs as holder_change
from backend.identifiers import canonical_phone
from backend.protocols.tables import Protocol
from backend.store.clock import business_now, local
from tests.conversations.test_news import NUMBERS, carry_out, valid_cpf
from tests.stack import Stack

DESK = attendant("registration-desk")
MOTHER = "Odila Testemunha"


@dataclass(frozen=True)
class Member:
    """Somebody invented, and the facts by which he is identified."""

    id: UUID
    cpf: str
    born: date

    @property
    def facts(self) -> str:
        return f"{self.cpf}, {self.born:%d/%m/%Y}, mãe {MOTHER}"


@dataclass(frozen=True)
class Family:
    """A contract with its holder Tereza, her husband Otávio, and Nilo, who is of age in forty days."""

    contract: str
    holder: Member
    husband: Member
    child: Member


def settle(stack: Stack, phone: str, who: str, other_phone: str = "") -> Family:
    """A family in the register; `who` (holder, husband, child) has the telephone, the holder or husband the other."""
    first = next(NUMBERS)
    phones = {who: phone, ("husband" if who == "holder" else "holder"): other_phone}

    async def register(session: AsyncSession) -> Family:
        today = local(await business_now(session)).date()
        of_age = today + timedelta(days=40)
        born = {
            "holder": date(1976, 3, 9), "husband": date(1974, 8, 2), "child": of_age.replace(year=of_age.year - 18)
        }  # fmt: skip
        contract = Contract(number=f"f{first}", kind="family", plan_code="zelo-familia", signed_on=date(2025, 1, 1))
        session.add(contract)
        await session.flush()
        members: dict[str, Member] = {}
        for role, name in _NAMES.items():
            cpf = valid_cpf(next(NUMBERS))
            person = Beneficiary(
                full_name=name, cpf=cpf, birth_date=born[role], mother_name=MOTHER, card_number=f"998{cpf}",
                standing="holder" if role == "holder" else "dependent", contract_id=contract.id, city="São Luís",
                state="MA", street="Rua do Ensaio, 1", joined_on=date(2025, 1, 1),
                holder_id=members["holder"].id if members else None,
            )  # fmt: skip
            session.add(person)
            await session.flush()
            if phones.get(role):
                session.add(BeneficiaryPhone(beneficiary_id=person.id, number=canonical_phone(phones[role])))
            members[role] = Member(person.id, cpf, born[role])
        return Family(contract.number, **members)

    return carry_out(stack, register)


_NAMES = {"holder": "Tereza Ensaio Prado", "husband": "Otávio Ensaio Prado", "child": "Nilo Ensaio Prado"}


def photo(words: str, *, kind: str = "JPEG") -> dict[str, Any]:
    """A photograph of a paper."""
    picture = Image.new("RGB", (900, 640), "#f4f1ea")
    ImageDraw.Draw(picture).multiline_text((60, 60), words, fill="#222222")
    return _attached(picture, kind)


def _attached(picture: Image.Image, kind: str) -> dict[str, Any]:
    kept = io.BytesIO()
    picture.save(kept, kind)
    return {"content_type": f"image/{kind.lower()}", "base64": base64.b64encode(kept.getvalue()).decode()}


def pdf(words: str) -> dict[str, Any]:
    """A PDF whose text says what it is."""
    kept = io.BytesIO()
    canvas = Canvas(kept)
    canvas.drawString(80, 760, words)
    canvas.save()
    return {"content_type": "application/pdf", "base64": base64.b64encode(kept.getvalue()).decode()}


@dataclass(frozen=True)
class Desk:
    """The registration team at the protocol of a telephone."""

    stack: Stack
    phone: str

    def accepts(self, *kinds: str) -> None:
        """Accepts what was sent of these kinds, or everything that is not decided."""

        async def step(session: AsyncSession) -> None:
            now = await business_now(session)
            for paper in await self._papers(session):
                if paper.state == "received" and (not kinds or paper.kind in kinds):
                    await documents.decide(session, document=paper, accepted=True, actor=DESK, now=now)

        carry_out(self.stack, step)

    def refuses(self, kind: str, reason: str) -> None:
        """Refuses the last paper of a kind, accepts the others, and sends it back."""

        async def step(session: AsyncSession) -> None:
            now, protocol = await business_now(session), await self._protocol(session)
            papers = [paper for paper in await self._papers(session) if paper.state == "received"]
            for paper in papers:
                wrong = paper.kind == kind
                await documents.decide(
                    session, document=paper, accepted=not wrong, reason=reason if wrong else "", actor=DESK, now=now
                )
            verbs: Any = coming_of_age if protocol.kind == "coming_of_age" else holder_change
            await verbs.ask_correction(
                session, protocol=protocol, request_key=f"{protocol.id}:back:{len(papers)}", actor=DESK, now=now
            )

        carry_out(self.stack, step)

    def decides(self, name: str, **given: str) -> None:
        """Carries out one of the process's verbs."""

        async def step(session: AsyncSession) -> None:
            now, protocol = await business_now(session), await self._protocol(session)
            verbs: Any = coming_of_age if protocol.kind == "coming_of_age" else holder_change
            await getattr(verbs, name)(
                session, protocol=protocol, request_key=f"{protocol.id}:{name}", actor=DESK, now=now, **given
            )

        carry_out(self.stack, step)

    @property
    def stage(self) -> tuple[str, str]:
        """Stage and state of the telephone's newest protocol."""
        return self.stack.rows(f"SELECT r.stage, r.state {_OF_PHONE}", f"whatsapp:{self.phone}")[0]  # type: ignore[return-value]

    @property
    def papers(self) -> list[tuple[str, str]]:
        """(kind, state) of what lies under it, in the order in which it came."""
        own = f"SELECT r.id {_OF_PHONE}"
        query = f"SELECT kind, state FROM document WHERE protocol_id = ({own}) ORDER BY received_at, id"  # noqa: S608
        return self.stack.rows(query, f"whatsapp:{self.phone}")  # type: ignore[return-value]

    async def _protocol(self, session: AsyncSession) -> Protocol:
        [(found,)] = self.stack.rows(f"SELECT r.id {_OF_PHONE}", f"whatsapp:{self.phone}")
        return await session.get_one(Protocol, found)

    async def _papers(self, session: AsyncSession) -> list[Document]:
        return list(await documents.of_protocol(session, (await self._protocol(session)).id))


_OF_PHONE = (
    "FROM protocol r JOIN conversation c ON c.id = r.conversation_id JOIN contact p ON p.id = c.contact_id"
    " WHERE p.address = %s AND r.kind IN ('coming_of_age', 'holder_change') ORDER BY r.number DESC LIMIT 1"
)


def standings(stack: Stack, family: Family) -> dict[str, tuple[str, bool, bool]]:
    """By first name: standing, whether Otávio is the holder above, and whether coverage has ended."""
    query = (
        "SELECT split_part(b.full_name, ' ', 1), b.standing, coalesce(b.holder_id = %s, false), b.left_on IS NOT NULL"
        " FROM beneficiary b JOIN contract k ON k.id = b.contract_id WHERE k.number = %s"
    )
    return {
        name: (standing, his, ended)
        for name, standing, his, ended in stack.rows(query, family.husband.id, family.contract)
    }
