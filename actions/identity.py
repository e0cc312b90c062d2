"""The identity form: three facts in any order and form, three failures, never which one was wrong. [rule 2]"""

from __future__ import annotations

from dataclasses import replace

from actions.delinquency import called
from actions.documents.files import stash
from actions.edge import ZeloAction
from actions.process import tone_of
from actions.processes import process_of
from actions.repeating import note_unclear, unclear_now
from actions.scope import near_topic
from actions.talk import ATTENDANT_BUTTON, INTERRUPTIONS, MOST_MISUNDERSTANDINGS, SURE, SURE_OF_OTHER_NEED, Talk
from actions.unclear import (
    asks_person,
    asks_why_facts,
    holds_back_facts,
    says_misread,
    says_typed_wrong,
    says_unclear,
)
from backend.identity.facts import Facts, read_facts
from backend.identity.rules import FACTS_NEEDED
from backend.identity.verbs import Outcome, anything_said, forget_facts, offer_facts, still_missing
from backend.protocols.kinds import KIND_OF_INTENT
from backend.store.clock import local
from backend.words import is_only_emoji, spoken_list

LABELS = {
    "cpf": "seu *CPF*",
    "birth_date": "sua *data de nascimento*",
    "mother_name": "o *nome completo da sua mãe*",
    "full_name": "seu *nome completo*",
}
MOST_WORDS_OF_A_SLIP = 8
ASKED_FOR_PERSON = "person"  # what `identity_result` holds where a person was asked for by name
_PERSONS = {"complain", "talk_to_attendant"}  # 'isso é golpe?' sounds like these
_SAID_ONCE = frozenset({"why", "file_kept", "reason", "fresh", "held_back", "emoji"})
_REMARKS = _SAID_ONCE | {"wrong", "bad_cpf", "again"}


def facts_in(talk: Talk) -> Facts:
    """The facts in this turn's text. A name alone counts where the text was not understood as something else."""
    facts = read_facts(talk.text, today=local(talk.now).date())
    certain = facts.cpf or facts.card or facts.birth_date or facts.bad_cpf
    if certain or talk.intent in {"inform", "nlu_fallback", ""} or talk.confidence < SURE:
        return facts
    return replace(facts, names=())


async def offer(talk: Talk, facts: Facts) -> Outcome:
    """Offers facts once for this turn."""
    return await offer_facts(
        talk.session, conversation_id=talk.conversation_id, facts=facts, request_key=_key(talk), actor=talk.actor,
        now=talk.now,
    )  # fmt: skip


def _key(talk: Talk) -> str:
    return f"{talk.message_id}:identity"


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
        """Nothing on activation; danger and the wish for a person; what people say of the asking; facts; the rest."""
        if talk.slot("requested_slot") is None:
            return
        facts = facts_in(talk)
        if not _certain(facts) and called.overheard(talk):
            talk.remember(identity_result=called.REPLIED)
            return
        if await _person_first(talk, facts) or await _about_the_asking(talk, facts):
            return
        if facts.found_any:
            talk.remember(unclear=None)
            _keep_files(talk)
            note_outcome(talk, await offer(talk, facts))
        elif talk.intent == "send_document":
            _keep_files(talk)
            talk.remember(identity_hint="file_kept")
        elif not _interrupts(talk):
            count = int(talk.slot("misunderstandings") or 0) + 1
            talk.remember(misunderstandings=count, identity_hint="why")
            if count >= MOST_MISUNDERSTANDINGS:
                talk.remember(identity_result="abandoned")


def _keep_files(talk: Talk) -> None:
    """Papers that come while identity is asked belong to the request that waits for it."""
    if talk.slot("pending_request") and process_of(str(talk.slot("pending_request"))).gathers:
        stash(talk)


def _interrupts(talk: Talk) -> bool:
    if talk.intent in INTERRUPTIONS:
        return talk.confidence >= SURE
    other_need = talk.intent in KIND_OF_INTENT or talk.intent in {"protocol_status", "goodbye"}
    return other_need and talk.confidence >= SURE_OF_OTHER_NEED


async def _person_first(talk: Talk, facts: Facts) -> bool:
    """Danger, what cannot wait, and who asks for a person: before anything else; the facts are kept on the way."""
    in_danger = talk.intent == "emergency" and talk.confidence >= SURE
    # with another need that is sure the anger is that need's: it is opened, and judged there
    at_once = not in_danger and tone_of(talk).at_once and (_certain(facts) or not _asks_for_else(talk))
    wants_person = not in_danger and not at_once and asks_person(talk.text)
    if wants_person and await _misread(talk, facts):
        return False  # 'não era isso, quero um atendente': the request ends first
    if not (in_danger or at_once or wants_person):
        return False
    if _certain(facts):
        await offer(talk, facts)
    if not in_danger:  # that is its own rule's: nothing is remembered, so that the form lets it through
        talk.remember(identity_result="at_once" if at_once else ASKED_FOR_PERSON)
    return True


def _certain(facts: Facts) -> bool:
    """Whether something is surely a fact: words that may be a name alone are not. Pure."""
    return bool(facts.cpf or facts.card or facts.birth_date or facts.mother_name or facts.full_name)


async def _misread(talk: Talk, facts: Facts) -> bool:
    """Whether the request is refused; facts in the message, or 'tá errado' after some, are about what was said."""
    if not talk.slot("pending_request") or _certain(facts) or facts.bad_cpf:
        return False
    new = not await anything_said(talk.session, conversation_id=talk.conversation_id)
    return says_misread(talk.text, just_opened=new)


async def _about_the_asking(talk: Talk, facts: Facts) -> bool:
    """'Não entendi', 'errei meu cpf', 'isso é golpe?': answered, and no failed attempt. False where none."""
    if await _misread(talk, facts):
        talk.remember(identity_result="misread")
        return True
    if _asks_for_else(talk) and not _is_slip(talk.text):
        return False
    if says_typed_wrong(talk.text):
        await forget_facts(
            talk.session, conversation_id=talk.conversation_id, names_only=facts.found_any, request_key=_key(talk),
            actor=talk.actor, now=talk.now,
        )  # fmt: skip
        talk.remember(identity_hint="fresh")
        return not facts.found_any
    if facts.cpf or facts.card or facts.birth_date:
        return False
    if says_unclear(talk.text):
        note_unclear(talk)
        talk.remember(identity_hint=None)
    else:
        return _remarks(talk)
    return True


def _is_slip(text: str) -> bool:
    """'Errei, o nome é com z': a few words about facts are about those that are being asked. Pure."""
    return len(text.split()) <= MOST_WORDS_OF_A_SLIP and says_typed_wrong(text)


def _asks_for_else(talk: Talk) -> bool:
    """'Minha data de nascimento tá errada no cadastro', 'errei, quero voltar': a need, or the wish to stop. Pure."""
    return _interrupts(talk) and (talk.intent == "cancel_flow" or talk.intent in KIND_OF_INTENT.keys() - _PERSONS)


def _remarks(talk: Talk) -> bool:
    """A question or a sign beside the facts, answered in a line before they are asked again. False without."""
    topic = None if _interrupts(talk) or talk.intent == "inform" else near_topic(talk.text)
    if holds_back_facts(talk.text):
        talk.remember(identity_hint="held_back")
    elif asks_why_facts(talk.text):
        talk.remember(identity_hint="reason")
    elif is_only_emoji(talk.text):
        talk.remember(identity_hint="emoji")
    elif topic is not None:
        talk.say("near_topic_here", topic=topic.title)
        talk.remember(identity_hint=None)
    else:
        return False
    return True


class AskIdentity(ZeloAction):
    """Asks for what is missing, in the words that the last answer calls for."""

    called = "action_ask_identity_result"
    understood = False

    async def act(self, talk: Talk) -> None:
        """One message; what answers a remark is said once."""
        hint, talk.unclear = talk.slot("identity_hint"), unclear_now(talk)
        if hint in _REMARKS and not talk.unclear:
            talk.say(f"identity_{hint}", buttons=[ATTENDANT_BUTTON] if hint == "held_back" else [])
            talk.remember(identity_hint=None if hint in _SAID_ONCE else hint)
            return
        wanted = await still_missing(talk.session, conversation_id=talk.conversation_id)
        if wanted and (hint == "incomplete" or len(wanted) < FACTS_NEEDED):
            talk.say("identity_more", missing=spoken_list([LABELS[fact] for fact in wanted]))
        elif talk.shares_number:  # one number, several people: who is writing?
            talk.say("ask_identity_shared")
        else:
            talk.say("ask_identity")
