"""A case's evidence prints as one paper, and what was changed in it is found, however well it was hidden."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select

from backend import audit
from backend.audit import AuditRow
from backend.delinquency import decisions, dossier, evidence
from backend.delinquency.tables import DelinquencyCase, EvidenceLink
from tests.backend.delinquency.owing import CARLOS, SOON, SUPERVISOR, TODAY, Books


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
    for words in (
        "WhatsApp",
        "quem responde pelo contrato",
        "R$ 3.472,20",
        "(Carlos Eduardo Nunes)",
        "Conteúdo da notificação",
        "estou ciente",
        "Ciência confirmada",
        "íntegro",
        "03/12/2026",
    ):
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


async def test_links_that_were_swapped_are_found_although_the_chain_was_put_right(books: Books) -> None:
    case = await noticed(books)
    first, second, _ = await evidence.links_of(books.session, case.id)
    for link in (first, second):
        link.ordinal += 10
    await books.session.flush()
    first.ordinal, second.ordinal = 2, 1
    await books.session.flush()
    assert (await evidence.verify(books.session, case)).broken_at == 1
    await rewrite(books, case)
    assert (await dossier.examined(books.session, case)).broken_at == 1


@pytest.mark.parametrize("change", ["digest", "gone", "twice"])
async def test_an_audit_that_was_changed_with_it_is_found(books: Books, change: str) -> None:
    case = await noticed(books)
    rows = await books.session.scalars(select(AuditRow).where(AuditRow.action == "delinquency.evidence"))
    row = next(row for row in rows if row.details["ordinal"] == 2)
    if change == "gone":
        await books.session.delete(row)
    elif change == "digest":
        row.details = {**row.details, "digest": "0" * 64}
    else:
        more = {**row.details, "digest": "0" * 64}
        audit.record(books.session, row.action, ("delinquency_case", case.id), actor=SUPERVISOR, now=SOON, **more)
    await books.session.flush()
    assert (await dossier.examined(books.session, case)).broken_at == 2


async def test_the_decision_list_finds_a_case_whose_chain_was_written_anew(books: Books) -> None:
    case = await noticed(books)
    link = (await evidence.links_of(books.session, case.id))[1]
    link.content = {**link.content, "text": "estou bem ciente"}
    await rewrite(books, case)
    [found] = await decisions.standings(books.session, on=TODAY + timedelta(days=11))
    assert (found.decision.due, found.decision.missing) == (False, ("evidence_broken",))


async def test_a_case_that_is_not_due_is_examined_where_it_is_shown(books: Books) -> None:
    case = await noticed(books)
    case.evidence_length = 9
    [listed] = await decisions.standings(books.session, on=TODAY + timedelta(days=1))
    [shown] = await decisions.examined(books.session, [listed])
    assert listed.checked is None
    assert shown.decision.missing == ("deadline_running", "evidence_broken")


def test_a_link_that_a_forger_wrote_is_printed_all_the_same() -> None:
    forged: dict[str, object] = {"fees": [{"total": "x"}, 3], "total": "muito", "deadline": "logo", "seen": {"due": 1}}
    said = dict(dossier.facts_of(forged))
    assert (said["Total atualizado"], said["Prazo até"], said["Visto: podia ser decidido"]) == ("muito", "logo", "1")
