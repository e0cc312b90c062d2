"""The document that the auditor misses: sent in the chat, it lies under the request's own protocol, and the request is
under audit again. [processes.md, 4]"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from actions.documents.gathering import PAPERS
from actions.process import person_of, protocol_of, submitted
from actions.standing import tell_authorization, term
from actions.talk import Talk
from backend import beneficiaries
from backend.beneficiaries import may_act_for
from backend.documents import checklist
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.documents.verbs import Given
from backend.procedures import verbs
from backend.procedures.status import status_of
from backend.procedures.tables import Authorization
from backend.protocols import verbs as protocols
from backend.store.clock import local
from backend.store.files import File

OTHER = "other"


def is_for_missing(talk: Talk) -> bool:
    """Whether it is about a document for a request that was made before: `state["authorization"]` is its id. Pure."""
    return bool(talk.state.get("authorization"))


def wanted(talk: Talk) -> list[str]:
    """The papers that the auditor's words name; any, where they name none that the checklist knows. Pure."""
    return list(talk.state.get("wanted") or [OTHER])


async def prepare(talk: Talk) -> None:
    """Says what is missing; of somebody else's request, or one that waits for nothing, what may be said. [rule 10]"""
    authorization = await verbs.get(talk.session, UUID(str(talk.state["authorization"])))
    person = await person_of(talk)
    owner = await beneficiaries.get(talk.session, authorization.beneficiary_id)
    if not may_act_for(person, owner, local(talk.now).date()):
        talk.say("authorization_not_yours", number=authorization.number)
        submitted(talk)
    elif authorization.state != "waiting_document" or authorization.protocol_id is None:
        await tell_authorization(talk, authorization, person)
        submitted(talk)
    else:
        await _take_up(talk, authorization)


async def still_missing(talk: Talk) -> list[str]:
    """What of it was not sent since it was asked for."""
    asked_at = datetime.fromisoformat(str(talk.state["asked_at"]))
    given = await documents.of_protocol(talk.session, UUID(str(talk.state["protocol"])))
    since = [paper.kind for paper in given if paper.received_at >= asked_at and paper.state != "refused"]
    return checklist.missing(wanted(talk), since)


async def advance(talk: Talk, *, named: bool) -> None:
    """Once all of it is there the request goes back to the auditor, by the person's own move, and that is said."""
    if not named or await still_missing(talk):
        talk.state["stage"] = PAPERS
        return
    authorization = await verbs.get(talk.session, UUID(str(talk.state["authorization"])))
    if authorization.state == "waiting_document":
        await verbs.move(
            talk.session, authorization=authorization, state="in_audit", text="Documento recebido pelo WhatsApp.",
            actor=talk.actor, now=talk.now, request_key=talk.key(),
        )  # fmt: skip
    await _identify(talk, authorization)
    status = await status_of(talk.session, authorization, now=talk.now)
    talk.say(
        "procedure_document_sent", procedure=status.procedure, authorization=status.number,
        number=status.protocol_number, term=term(status),
    )  # fmt: skip
    submitted(talk)


async def instead_of_new(talk: Talk, known: Authorization) -> None:
    """The request that was just opened is one that waits for a document: what was sent goes there, and it closes."""
    opened = await protocol_of(talk)
    await _take_up(talk, known)
    if opened is None or known.protocol_id is None:
        return
    older = await protocols.get(talk.session, known.protocol_id)
    for paper in await documents.of_protocol(talk.session, opened.id):
        await documents.receive(
            talk.session, protocol=older, given=_as_given(paper), kind=paper.kind, actor=talk.actor, now=talk.now
        )
    text = f"Já havia um pedido igual: guia {known.number}."
    await protocols.close_protocol(talk.session, protocol=opened, actor=talk.actor, now=talk.now, text=text)
    talk.remember(pending_protocol=None)


async def _take_up(talk: Talk, authorization: Authorization) -> None:
    """From here on the papers are that request's. Its protocol is not `pending`: who stops here ends nothing of it."""
    status = await status_of(talk.session, authorization, now=talk.now)
    history = await verbs.steps(talk.session, authorization.id)
    asked = [step.at for step in history if step.state == "waiting_document"]
    owner = await beneficiaries.get(talk.session, authorization.beneficiary_id)
    talk.state.update(
        stage=PAPERS, authorization=str(authorization.id), authorization_number=authorization.number,
        wanted=checklist.kinds_in(authorization.missing) or [OTHER], missing=authorization.missing,
        asked_at=(asked[-1] if asked else authorization.requested_at).isoformat(),
        protocol=str(authorization.protocol_id), for_name=owner.full_name, procedure=status.code, term=status.procedure,
    )  # fmt: skip
    if talk.recall("pending_protocol") == str(authorization.protocol_id):
        talk.remember(pending_protocol=None)
    if not talk.state.get("files"):
        talk.say(
            "procedure_missing", procedure=status.procedure, authorization=authorization.number,
            missing=authorization.missing.rstrip("."),
        )  # fmt: skip


async def _identify(talk: Talk, authorization: Authorization) -> None:
    """The protocol is about whom the request is for, not about who sent the file."""
    protocol = await protocol_of(talk)
    if protocol is not None:
        await protocols.identify(
            talk.session, protocol=protocol, beneficiary_id=authorization.beneficiary_id, actor=talk.actor, now=talk.now
        )


def _as_given(paper: Document) -> Given:
    file = File(paper.sha256, paper.name, paper.content_type, paper.size)
    return Given(file, paper.source, paper.pages, tuple(paper.previews), paper.thumbnail)
