"""What an attendant reads first: so that nobody has to repeat himself. [rule 5]"""

from __future__ import annotations

from actions.needs import title_of
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.documents.checklist import title_of as title_of_paper
from backend.identity.verbs import failures
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol

STANDINGS = {
    "holder": "titular",
    "dependent": "dependente",
    "member": "agregado",
    "detached_member": "agregado desmembrado",
    "payer": "responsável financeiro",
}
LONGEST_QUOTE = 500


async def summarize(talk: Talk, opening: str, *, details: str = "") -> str:
    """Why it was handed over, who it is, which protocols are open, and what the person said last."""
    person = await talk.verified()
    lines = [opening, await _identity(talk, person)]
    still_open = await protocols.of_conversation(talk.session, talk.conversation_id, open_only=True)
    lines.extend([await _protocol(talk, protocol) for protocol in still_open])
    lines.extend(
        f"Também quer: {title_of(need['intent'])}. Disse: {need['said'][:LONGEST_QUOTE]}"
        for need in talk.recall("next_needs") or ()
    )
    if details:
        lines.append(f"Relato: {details[:LONGEST_QUOTE]}")
    elif talk.text:
        lines.append(f"Última mensagem: {talk.text[:LONGEST_QUOTE]}")
    return "\n".join(lines)


async def _protocol(talk: Talk, protocol: Protocol) -> str:
    """A protocol with the papers that came under it, so that none is asked for again."""
    given = await documents.of_protocol(talk.session, protocol.id)
    papers = ", ".join(dict.fromkeys(title_of_paper(paper.kind) for paper in given if paper.state != "refused"))
    came = f" Documentos recebidos: {papers}." if papers else ""
    return f"Protocolo {protocol.number}: {protocols.kind_of(protocol).title}.{came}"


async def _identity(talk: Talk, person: Beneficiary | None) -> str:
    if person is not None:
        return f"Identidade confirmada: {person.full_name}, {STANDINGS[person.standing]}."
    tries = await failures(talk.session, conversation_id=talk.conversation_id)
    return f"Identidade não confirmada ({tries} tentativas erradas)." if tries else "Identidade ainda não confirmada."
