"""The identity form: three facts in any order and form, three failures, never which one was wrong. [rule 2]"""

from __future__ import annotations

from dataclasses import replace

from actions.edge import ZeloAction
from actions.talk import INTERRUPTIONS, MOST_MISUNDERSTANDINGS, SURE, Talk
from backend.identity.facts import Facts, read_facts
from backend.identity.verbs import Outcome, offer_facts, still_missing
from backend.protocols.kinds import KIND_OF_INTENT
from backend.store.clock import local

LABELS = {
    "cpf": "seu *CPF*",
    "birth_date": "sua *data de nascimento*",
    "mother_name": "o *nome completo da sua mãe*",
    "full_name": "seu *nome completo*",
}
SURE_OF_OTHER_NEED = 0.6


def facts_in(talk: Talk) -> Facts:
    """The facts in this turn's text. A name alone counts where the text was not understood as something else."""
    facts = read_facts(talk.text, today=local(talk.now).date())
    certain = facts.cpf or facts.card or facts.birth_date or facts.bad_cpf
    if certain or talk.intent in {"inform", "nlu_fallback", ""} or talk.confidence < SURE:
        return facts
    return replace(facts, names=())


async def offer(talk: Talk, facts: Facts) -> Outcome:
    """Offers facts once for this turn."""
    key = f"{talk.tracker.latest_message.get('message_id')}:identity"
    return await offer_facts(
        talk.session, conversation_id=talk.conversation_id, facts=facts, request_key=key, actor=talk.actor, now=talk.now
    )


def note_outcome(talk: Talk, outcome: Outcome) -> None:
    """Remembers what came of the facts."""
    if outcome.state == "verified" and outcome.beneficiary is not None:
        talk.remember(identity_result="verified", beneficiary_id=str(outcome.beneficiary.id), misunderstandings=0)
    elif outcome.state == "exhausted":
        talk.remember(identity_result="refused")
    else:
        talk.remember(identity_hint=outcome.state, misunderstandings=0)


class ValidateIdentityForm(ZeloAction):
    """Takes the facts of each message while the form asks."""

    called = "validate_identity_form"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Nothing on activation; facts first; then interruptions, which the rules answer; then 'not understood'."""
        if talk.slot("requested_slot") is None:
            return
        facts = facts_in(talk)
        if facts.found_any:
            note_outcome(talk, await offer(talk, facts))
        elif talk.intent == "send_document":
            talk.remember(identity_hint="file_kept")
        elif not _interrupts(talk):
            count = int(talk.slot("misunderstandings") or 0) + 1
            talk.remember(misunderstandings=count, identity_hint="why")
            if count >= MOST_MISUNDERSTANDINGS:
                talk.remember(identity_result="abandoned")


def _interrupts(talk: Talk) -> bool:
    if talk.intent in INTERRUPTIONS:
        return talk.confidence >= SURE
    other_need = talk.intent in KIND_OF_INTENT or talk.intent in {"protocol_status", "goodbye"}
    return other_need and talk.confidence >= SURE_OF_OTHER_NEED


class AskIdentity(ZeloAction):
    """Asks for what is missing, in the words that the last answer calls for."""

    called = "action_ask_identity_result"
    understood = False

    async def act(self, talk: Talk) -> None:
        """One message."""
        hint = talk.slot("identity_hint")
        if hint in {"wrong", "bad_cpf", "why", "file_kept", "again"}:
            talk.say(f"identity_{hint}")
            return
        wanted = await still_missing(talk.session, conversation_id=talk.conversation_id)
        if hint == "incomplete" and wanted:
            talk.say("identity_more", missing=spoken_list([LABELS[fact] for fact in wanted]))
        elif talk.shares_number:  # one number, several people: who is writing?
            talk.say("ask_identity_shared")
        else:
            talk.say("ask_identity")


def spoken_list(items: list[str]) -> str:
    """'a, b e c'. Pure."""
    return " e ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""
