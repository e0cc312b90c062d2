"""A case's evidence prints as one paper, and what was changed in it is found, however well it was hidden."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import delete, select

from backend.audit import AuditRow
from backend.delinquency import dossier, evidence
from backend.delinquency.tables import DelinquencyCase, EvidenceLink
from tests.backend.delinquency.owing import CARLOS, SOON, SUPERVISOR, Books


async def noticed(books: Books) -> DelinquencyCase:
    await books.noticed(CARLOS)
    return await books.case(CARLOS)


async def rewrite(books: Books, case: DelinquencyCase) -> None:
    """Puts the whole chain right again after a change, head and length as well."""
    previous = ""
    links = await evidence.links_of(books.session, case.id)
    for place, link in enumerate(links, 1):
        link.ordinal, link.previous = place, previous
        link.digest = previous = evidence.digest_of(place, link.kind, link.at, link.content, previous)
    case.evidence_head, case.evidence_length = previous, len(links)
    await books.session.flush()


async def test_the_dossier_is_one_paper_with_everything_that_was_told_and_answered(books: Books) -> None:
    case = await noticed(books)
    content, name = await dossier.printed(books.session, case=case, actor=SUPERVISOR, now=SOON)
    said = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
    assert name == "dossie-10000002-2026-11-23.pdf"
    for link in await evidence.links_of(books.session, case.id):
        assert link.digest in said
    for words in ("Conteúdo da notificação", "estou ciente", "Ciência confirmada", "íntegro", "2026-12-03"):
        assert words in said, words
    assert "55 dias" in said
    looked = select(AuditRow).where(AuditRow.action == "delinquency.print_evidence")
    assert (await books.session.scalars(looked)).one().actor_id == "supervisor-1"


async def test_a_whole_chain_is_intact_by_itself_and_by_the_audit(books: Books) -> None:
    case = await noticed(books)
    found = await dossier.examined(books.session, case)
    assert (found.intact, found.length, found.broken_at) == (True, 3, None)


async def test_a_chain_that_was_written_anew_from_a_changed_link_on_is_found_by_the_audit(books: Books) -> None:
    case = await noticed(books)
    link = (await evidence.links_of(books.session, case.id))[1]
    link.content = {**link.content, "text": "não concordo"}
    await rewrite(books, case)
    assert (await evidence.verify(books.session, case)).intact
    assert (await dossier.examined(books.session, case)).broken_at == 2


async def test_a_chain_that_was_cut_off_with_its_head_is_found_by_the_audit(books: Books) -> None:
    case = await noticed(books)
    await books.session.execute(delete(EvidenceLink).where(EvidenceLink.case_id == case.id, EvidenceLink.ordinal == 3))
    await rewrite(books, case)
    assert (await evidence.verify(books.session, case)).intact
    assert (await dossier.examined(books.session, case)).broken_at == 3
