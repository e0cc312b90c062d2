"""A case's chain of evidence: whatever is changed, left out, added or moved is found, and where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from backend.delinquency import evidence
from backend.delinquency.evidence import Checked
from backend.delinquency.tables import DelinquencyCase, EvidenceLink
from tests.backend.delinquency.owing import CARLOS, NOW, SUPERVISOR, Books

KINDS = ("attempt", "content", "delivery", "answer", "verdict")
CONTENTS = st.dictionaries(
    st.sampled_from(["sid", "body", "number", "when"]), st.text(max_size=8) | st.integers(), max_size=3
)


def chain(contents: list[dict[str, Any]]) -> list[EvidenceLink]:
    """Links as `evidence.add` writes them."""
    links, previous = [], ""
    for ordinal, content in enumerate(contents, 1):
        kind, at = KINDS[ordinal % len(KINDS)], datetime(2026, 11, 23, 15, ordinal % 60, tzinfo=UTC)
        digest = evidence.digest_of(ordinal, kind, at, content, previous)
        links.append(link(ordinal=ordinal, kind=kind, at=at, content=content, previous=previous, digest=digest))
        previous = digest
    return links


def link(**values: Any) -> EvidenceLink:
    return EvidenceLink(case_id=uuid4(), link_key="", **values)


def copied(one: EvidenceLink, **changed: Any) -> EvidenceLink:
    kept = {name: getattr(one, name) for name in ("ordinal", "kind", "at", "content", "previous", "digest")}
    return link(**{**kept, **changed})


def checked(links: list[EvidenceLink], whole: list[EvidenceLink]) -> Checked:
    """The links checked against what the case remembers of the whole chain."""
    return evidence.check(links, head=whole[-1].digest if whole else "", length=len(whole))


CHAINS = st.lists(CONTENTS, min_size=1, max_size=6).map(chain)


@given(st.lists(CONTENTS, max_size=6).map(chain))
def test_a_chain_that_nobody_touched_is_whole(links: list[EvidenceLink]) -> None:
    assert checked(links, links) == Checked(True, len(links))


@given(CHAINS, st.data())
def test_any_change_of_any_link_is_found_where_it_was_made(links: list[EvidenceLink], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(links) - 1))
    one = links[place]
    changed = data.draw(st.sampled_from([
        {"kind": "forged"}, {"at": one.at + timedelta(seconds=1)}, {"content": {**one.content, "forged": 1}},
        {"previous": "0" * 64}, {"digest": "0" * 64}, {"ordinal": one.ordinal + 1},
    ]))  # fmt: skip
    forged = [*links[:place], copied(one, **changed), *links[place + 1 :]]
    assert checked(forged, links) == Checked(False, len(links), place + 1)


@given(CHAINS, st.data())
def test_a_change_with_its_own_digest_made_anew_is_found_at_the_next_link_or_by_the_case(
    links: list[EvidenceLink], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(links) - 1))
    one, content = links[place], {**links[place].content, "forged": 1}
    digest = evidence.digest_of(one.ordinal, one.kind, one.at, content, one.previous)
    forged = [*links[:place], copied(one, content=content, digest=digest), *links[place + 1 :]]
    assert checked(forged, links) == Checked(False, len(links), place + 2)


@given(CHAINS, st.data())
def test_a_link_that_is_left_out_doubled_or_added_is_found(links: list[EvidenceLink], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(links) - 1))
    assert not checked([*links[:place], *links[place + 1 :]], links).intact
    assert not checked([*links[: place + 1], *links[place:]], links).intact
    more = chain([*(one.content for one in links), {"added": True}])
    assert checked(more, links) == Checked(False, len(more), len(more) + 1)


def test_the_same_moment_in_another_zone_and_keys_in_another_order_are_the_same_evidence() -> None:
    here = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=-3)))
    first = evidence.digest_of(1, "answer", here, {"a": 1, "b": "ção"}, "")
    assert first == evidence.digest_of(1, "answer", here.astimezone(UTC), {"b": "ção", "a": 1}, "")


def test_an_empty_chain_is_whole_only_for_a_case_that_remembers_none() -> None:
    assert evidence.check([], head="", length=0).intact
    assert evidence.check([], head="f" * 64, length=3) == Checked(False, 0, 1)


async def written(books: Books) -> DelinquencyCase:
    case = await books.case(CARLOS)
    for ordinal, kind in enumerate(KINDS):
        await evidence.add(
            books.session, case=case, kind=kind, content={"body": f"texto {ordinal}", "at": NOW}, at=NOW,
            link_key=f"link:{kind}", actor=SUPERVISOR, now=NOW,
        )  # fmt: skip
    return case


async def reread(books: Books, case: DelinquencyCase) -> Checked:
    books.session.expire_all()
    await books.session.refresh(case)
    return await evidence.verify(books.session, case)


async def test_what_the_database_gives_back_is_the_chain_that_was_written(books: Books) -> None:
    case = await written(books)
    assert await reread(books, case) == Checked(True, 5)


async def test_a_link_is_added_once_for_its_key(books: Books) -> None:
    case = await written(books)
    again = await evidence.add(
        books.session, case=case, kind="answer", content={"body": "outro"}, at=NOW, link_key="link:answer",
        actor=SUPERVISOR, now=NOW,
    )  # fmt: skip
    assert again.content["body"] == "texto 3"
    assert (await evidence.verify(books.session, case)).length == 5


@pytest.mark.parametrize("ordinal", [1, 3, 5])
async def test_a_row_that_is_changed_in_the_database_is_found(books: Books, ordinal: int) -> None:
    case = await written(books)
    forged = update(EvidenceLink).where(EvidenceLink.case_id == case.id, EvidenceLink.ordinal == ordinal)
    await books.session.execute(forged.values(content={"body": "estou ciente"}))
    assert await reread(books, case) == Checked(False, 5, ordinal)


async def test_a_row_that_is_cut_off_at_the_end_is_missed(books: Books) -> None:
    case = await written(books)
    await books.session.execute(delete(EvidenceLink).where(EvidenceLink.case_id == case.id, EvidenceLink.ordinal == 5))
    assert await reread(books, case) == Checked(False, 4, 5)
