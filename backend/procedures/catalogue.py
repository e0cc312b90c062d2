"""The catalogue: ANS's TUSS table 22 with the operator's own rules beside each code."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import NotFound
from backend.identifiers import plain
from backend.procedures.rules import Rule, read_rules, rule_for
from backend.procedures.tables import Procedure

TUSS_FILE = Path(__file__).parent.parent.parent / "data" / "tables" / "tuss-22-procedures.csv"
_COLUMNS = (
    "term", "folded_term", "valid_from", "valid_until", "needs_audit", "involves_opme", "covered", "care_class",
    "clause",
)  # fmt: skip
_STORE = f"""
INSERT INTO procedure (code, {", ".join(_COLUMNS)})
SELECT code, {", ".join(_COLUMNS)} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
    code text, term text, folded_term text, valid_from date, valid_until date, needs_audit boolean,
    involves_opme boolean, covered boolean, care_class text, clause text)
ON CONFLICT (code) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
WHERE ({", ".join(f"procedure.{name}" for name in _COLUMNS)})
    IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _COLUMNS)})
"""  # noqa: S608 (names of columns, no values)


async def load(session: AsyncSession) -> int:
    """Brings the whole of TUSS table 22 and the operator's rules into `procedure`; gives how many codes changed.

    Loading the same files again changes nothing. A code that the table no longer has stays, for old authorizations.
    """
    rows = json.dumps([_row(line, read_rules()) for line in _latest_terms(TUSS_FILE)])
    changed = await session.execute(text(_STORE), {"rows": rows})
    count = getattr(changed, "rowcount", 0)
    if count:
        # What was just written still waits beside the indexes, and every search would read it all.
        await session.execute(text("SELECT gin_clean_pending_list('ix_procedure_search')"))
        await session.execute(text("SELECT gin_clean_pending_list('ix_procedure_term')"))
        await session.execute(text("ANALYZE procedure"))
    return int(count)


async def get(session: AsyncSession, code: str) -> Procedure:
    """The procedure of a TUSS code, with or without dots; NotFound where there is none."""
    found = await session.get(Procedure, "".join(filter(str.isdigit, code)))
    if found is None:
        raise NotFound("Não encontrei esse código na tabela de procedimentos.", detail="procedure")
    return found


def _latest_terms(path: Path) -> list[Mapping[str, str]]:
    """One line for each code: the term that is valid, or was valid last."""
    latest: dict[str, Mapping[str, str]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            known = latest.get(line["code"])
            if known is None or _recency(line) > _recency(known):
                latest[line["code"]] = line
    return list(latest.values())


def _recency(line: Mapping[str, str]) -> tuple[bool, str]:
    return not line["valid_until"], line["valid_from"]


def _row(line: Mapping[str, str], rules: Mapping[str, Rule]) -> dict[str, object]:
    rule = rule_for(line["code"], rules)
    term = " ".join(line["term"].split())
    return {
        "code": line["code"], "term": term, "folded_term": plain(term), "valid_from": line["valid_from"],
        "valid_until": line["valid_until"] or None, "needs_audit": rule.needs_audit,
        "involves_opme": rule.involves_opme, "covered": rule.covered, "care_class": rule.care_class,
        "clause": rule.clause,
    }  # fmt: skip
