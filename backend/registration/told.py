"""What a registration update tells its person: what has to be set right, and what came of each change. [rules 2, 4]"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.news_told import Told, refused_papers, what_of_the_rest
from backend.protocols.tables import Protocol
from backend.registration.fields import FIELDS
from backend.registration.tables import RegistrationChange
from backend.registration.verbs import ASKED, changes_of
from backend.words import spoken_list

_CONTACTS = ("phone", "email")


async def told(
    session: AsyncSession,
    protocol: Protocol,
    text: str,
    reason: str,  # noqa: ARG001 (every process is asked in the same way)
    listener: Beneficiary,  # noqa: ARG001 (it is told to whom the register is about, who hears all of it)
) -> Told:
    """The places of what a request's moves tell, and the way to a correction where the desk asks for one.

    {points} are the values and papers that were refused, {rest} what is said of the others, {changes} what came of
    each field, {contacts} what is asked for from a telephone that is not his.

    Fields are named, values are not: what was told on a telephone can be read there by others.
    """
    changes = await changes_of(session, protocol.id)
    if text == "registration_correction":
        papers = await refused_papers(session, protocol)
        refused = [change for change in changes if change.state == "refused"]
        points = "\n".join(filter(None, [*map(_with_reason, refused), papers]))
        given = await documents.of_protocol(session, protocol.id)
        rest = what_of_the_rest([*(change.state for change in changes), *(paper.state for paper in given)])
        return Told({"points": points, "rest": rest}, options=(("Corrigir agora", "correct"),))
    if text == ASKED:
        asked = [FIELDS[change.field].spoken for change in changes if change.field in _CONTACTS]
        return Told({"contacts": spoken_list(asked)})
    return Told({"changes": outcomes(changes)})


def outcomes(changes: Iterable[RegistrationChange]) -> str:
    """A line for each change: which field, and whether it stands in the register now. Pure."""
    return "\n".join(
        f"• *{FIELDS[change.field].title}*: atualizado no cadastro"
        if change.state == "accepted"
        else _with_reason(change)
        for change in changes
    )


def _with_reason(change: RegistrationChange) -> str:
    return f"• *{FIELDS[change.field].title}*: não foi aceito. {change.reason}".rstrip()
