"""What a person does by e-mail, telephone and letter: which is next, and what counts of it. [RN 593]"""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from backend.actor import SYSTEM
from backend.beneficiaries import BeneficiaryPhone
from backend.delinquency import contacts, evidence
from backend.delinquency.notice_document import document
from backend.delinquency.tables import Campaign, CampaignRow, Notice, NumberMark
from backend.errors import InvalidInput
from backend.settings import settings
from backend.store.files import read
from tests.backend.delinquency.owing import CARLOS, DEBORA, ELZA, NORMA, NOW, TODAY, Books

KLEBER = "90010024204"


@pytest.fixture(autouse=True)
def whatsapp_off(monkeypatch: pytest.MonkeyPatch, whatsapp_counts: None) -> None:
    monkeypatch.setattr(settings(), "notice_by_whatsapp", False)


async def steps(books: Books, on: date, means: str | None = None) -> list[tuple[str, str, date]]:
    found = await contacts.worklist(books.session, on=on, means=means)
    return [(step.person.cpf, step.means, step.due_on) for step in found]


async def told(books: Books, cpf: str = CARLOS) -> None:
    """A contact by WhatsApp, which counts as an attempt alone."""
    (await books.who(cpf)).email = "carlos@exemplo.com"
    notice, _ = await books.given(cpf)
    await books.answered(notice)
    await books.settled(notice)


async def notice_of(books: Books) -> Notice:
    return (await books.session.scalars(select(Notice).where(Notice.means != "whatsapp"))).one()


async def test_the_ladder_goes_from_one_means_to_the_next_with_days_between(books: Books) -> None:
    await told(books)
    first, second, third = (TODAY + timedelta(days) for days in (3, 7, 12))
    assert await steps(books, first - timedelta(1)) == []
    assert await steps(books, first) == [(CARLOS, "email", first)]
    await books.contacted(CARLOS, "email", made_at=NOW + timedelta(4))
    assert await steps(books, second) == [(CARLOS, "call", second)]
    assert await steps(books, second, "letter") == []
    await books.contacted(CARLOS, "call", "refused", made_at=NOW + timedelta(9))
    assert await steps(books, third) == [(CARLOS, "letter", third)]
    await books.contacted(CARLOS, "letter", "returned", made_at=NOW + timedelta(12))
    assert await steps(books, third + timedelta(30)) == []


async def test_whatsapp_comes_first_and_is_the_campaigns(books: Books) -> None:
    await books.case(CARLOS)
    assert await steps(books, TODAY + timedelta(30)) == []


async def test_who_is_still_called_by_a_campaign_is_on_no_worklist(books: Books) -> None:
    await told(books)
    campaign = Campaign(
        name="Novembro", state="running", file_sha256="0" * 64, file_name="lista.xlsx", created_by="x",
        created_at=NOW, approved_by="attendant:1",
    )  # fmt: skip
    books.session.add(campaign)
    await books.session.flush()
    row = CampaignRow(campaign_id=campaign.id, line=2, contract_id=(await books.who(CARLOS)).contract_id)
    books.session.add(row)
    await books.session.flush()
    assert await steps(books, TODAY + timedelta(30)) == []
    row.state = "done"
    await books.session.flush()
    assert [cpf for cpf, *_ in await steps(books, TODAY + timedelta(30))] == [CARLOS]


async def test_who_paid_negotiates_disputes_or_lies_in_hospital_is_left_alone(books: Books) -> None:
    await told(books)
    case, person = await books.case(CARLOS), await books.who(CARLOS)
    on = TODAY + timedelta(30)
    case.negotiated_at = NOW
    await books.session.flush()
    assert await steps(books, on) == []
    case.negotiated_at, person.in_hospital_since = None, TODAY
    await books.session.flush()
    assert await steps(books, on) == []
    person.in_hospital_since = None
    await books.session.flush()
    assert len(await steps(books, on)) == 1
    await books.protocol(CARLOS, "charge_dispute")
    assert await steps(books, on) == []


async def test_a_telephone_that_is_marked_is_not_called(books: Books) -> None:
    await told(books)
    person = await books.who(CARLOS)
    await books.contacted(CARLOS, "email")
    phones = await books.session.scalars(
        select(BeneficiaryPhone.number).where(BeneficiaryPhone.beneficiary_id == person.id)
    )
    for number in phones:
        books.session.add(
            NumberMark(beneficiary_id=person.id, number=number, mark="not_his", marked_at=NOW, marked_by="x")
        )
    await books.session.flush()
    assert [means for _, means, _ in await steps(books, TODAY + timedelta(30))] == ["letter"]


async def test_a_recorded_call_with_its_facts_confirmed_is_a_notice_at_once(books: Books) -> None:
    person = await books.who(CARLOS)
    await books.contacted(CARLOS, "call", "confirmed", proof="Gravação 8812", by=person, address="98 98800-0003")
    notice = await notice_of(books)
    assert (notice.counts, notice.notice_on, notice.deadline) == (True, TODAY, TODAY + timedelta(10))
    kinds = [link.kind for link in await evidence.links_of(books.session, notice.case_id)]
    assert kinds == ["contact", "content", "verdict"]
    assert await steps(books, TODAY + timedelta(30)) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"proof": ""}, "no_proof"),
        ({"address": "+5598977770000"}, "not_registered"),
        ({"by": DEBORA}, "another_person"),
        ({"by": None}, "not_identified"),
    ],
)
async def test_a_confirmed_call_that_lacks_something_is_none(books: Books, given: dict[str, str], why: str) -> None:
    more: dict[str, object] = {"proof": "Gravação 8812", "by": CARLOS, **given}
    more["by"] = await books.who(str(more["by"])) if more["by"] else None
    await books.contacted(CARLOS, "call", "confirmed", **more)
    notice = await notice_of(books)
    assert (notice.counts, notice.why) == (False, [why])


async def test_a_contact_is_written_down_once_for_a_key(books: Books) -> None:
    first = await books.contacted(ELZA, "letter", request_key="form-1")
    again = await books.contacted(ELZA, "letter", "returned", request_key="form-1")
    assert (again.id, again.outcome) == (first.id, "no_answer")


async def test_what_cannot_be_is_refused(books: Books) -> None:
    for means, result, more in (
        ("whatsapp", "no_answer", {}), ("call", "paid", {}), ("call", "refused", {"now": NOW - timedelta(hours=1)}),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            await books.contacted(CARLOS, means, result, actor=SYSTEM, **more)


async def test_a_letter_to_the_registers_address_is_known_however_it_is_written(books: Books) -> None:
    person = await books.who(CARLOS)
    written = f"{person.street.upper()} - {person.district}, {person.city}/{person.state} {person.postal_code}"
    assert (await books.contacted(CARLOS, "letter", address=written)).registered
    assert not (await books.contacted(CARLOS, "letter", address="Rua do Sol, 10")).registered


async def test_no_paper_threatens_whom_the_rule_does_not_concern_yet(books: Books) -> None:
    norma, late = await books.who(NORMA), await books.stands(NORMA)  # an older contract, on its 45th day
    with pytest.raises(InvalidInput, match="without its ground"):
        await document(books.session, position=late, person=norma)
    await books.contacted(NORMA, "call", "confirmed", proof="Gravação 9", by=norma)
    notice = await notice_of(books)
    assert (notice.counts, notice.why, notice.document_sha256) == (False, ["threshold_not_met"], "")


async def test_who_is_cancelled_already_gets_a_paper_of_what_is_open(books: Books) -> None:
    paper = await document(books.session, position=await books.stands(KLEBER), person=await books.who(KLEBER))
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(read(paper.sha256))).pages)
    assert "já está cancelado" in said
    assert "593" not in said
