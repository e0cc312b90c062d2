"""What people write about a change of holder: whether the holder died, who is to follow. Pure. [processes.md 8]"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from backend.beneficiaries import Beneficiary
from backend.identifiers import plain
from backend.identity.relatives import RELATIVE

_HE = rf"(?:(?:o |a )?(?:meu |minha )?(?:{RELATIVE}|velh[oa]\b|titular\b)|el[ea]\b)"
_DIED = re.compile(
    r"\b(?:faleci(?:do|da|mento)|faleceu|falecer?am|morr?eu|morreram|mort[oa]|morte|obito|viuv[oa]|finad[oa]|enterr(?:ei|amos|ad[oa]))\b"
    rf"|\bperd(?:i|emos) {_HE}|\b{_HE} (?:partiu|descansou)(?! (?:pra|para|pro|de|do)\b)"
    r"|\b(?:se foi|nos deixou)\b(?! (?:embora|pra|para|pro|sem|na mao)\b)"
    r"|\bnao (?:esta|ta) mais (?:entre nos|com a gente|aqui com a gente)\b|\b(?:esposo|conjuge) sobrevivente\b"
)
_LIVES = re.compile(
    r"\bnao (?:foi )?(?:faleceu|morr?eu|e falecid[oa]|e mort[oa]|por (?:morte|falecimento|obito))\b"
    r"|\b(?:esta|ta|e|continua|segue) viv[oa]\b|\bviv[oa] sim\b|\b(?:esta|ta) em vida\b"
    r"|\bnao houve (?:obito|falecimento)\b|\bninguem (?:morr?eu|faleceu)\b"
)
_HIMSELF = re.compile(
    r"\b(?:pro?|para o?|no|em) meu(?: proprio)? nome\b|\b(?:pra|para|por) mim\b|\bcomigo\b|\beu mesm[oa]\b|^eu\b"
    r"|\beu (?:assumo|fico|serei|vou (?:ser|assumir|ficar))\b"
    r"|\b(?:quero|posso|desejo|vou|pretendo|gostaria de) (?:assumir|ser|ficar (?:com|como|no lugar))\b"
    r"|\bassumir (?:o contrato|a titularidade|o plano)\b|\bno lugar del[ea]\b|\bsou (?:eu|herdeir[oa])\b"
)
_OUTSIDE = re.compile(
    r"\boutra pessoa\b|\bninguem (?:d[aeo]|dess[ea]s?|do contrato)\b|\bde fora\b|\bnenhum(?:a)? (?:dess|del)[ea]s\b"
    r"|\bnao (?:esta|faz parte|e|ta) (?:n[oa]|d[oa]|nesse|desse) (?:plano|contrato)\b"
)
_THEIR = r"(?:o |a )?(?:(?:meu|minha|nosso|nossa) )?"
# To whom the contract is to go: 'pro nome da', 'botar o plano no nome do', 'quero que'; not in whose name it is now.
_TO = (
    r"\b(?:(?:pr[oa]|para(?: [oa])?|p)(?: nome d[aeo])?"
    r"|(?:bot|coloc|pon|pass|deix|transfer)\w* (?:\w+ ){0,3}(?:no|em) nome d[aeo]|(?:bot|coloc|pon|deix)\w*|quero que) "
)
_TO_A_RELATIVE = re.compile(rf"{_TO}{_THEIR}{RELATIVE}")
# A short answer to 'quem vai ser?': 'minha esposa', 'então pro meu marido', 'meu irmão José'.
_A_RELATIVE = re.compile(
    rf"(?:(?!de\b|da\b|do\b)\w+ ){{0,3}}(?:meu|minha|nosso|nossa) {RELATIVE}"
    r"(?: (?!ta\b|esta\b|tem\b|teve\b|precisa\b|quer\b|vai\b|ja\b|nao\b|morr|falec)\w+){0,2}"
)
_KEPT = re.compile(r"\bdeixa(?:r)? (?:como (?:esta|ta)|pra la|assim)\b|\bnao quero (?:mais )?trocar\b|\bdesist\w+\b")


def life_of(text: str) -> Literal["", "died", "lives"]:
    """Whether the holder has died: 'meu marido morreu', 'fiquei viúva', 'não, está vivo'; empty for neither."""
    said = " ".join(plain(text).split())
    if _LIVES.search(said):
        return "lives"
    return "died" if _DIED.search(said) else ""


def follower_in(text: str, speaker: Beneficiary, candidates: Sequence[Beneficiary]) -> Beneficiary | None:
    """Who is to be the holder, by the name or by 'pro meu nome'; None where it is nobody of these, or not clear.

    `text` is without what proved who writes: the mother's name would be taken for a candidate's.
    """
    said = " ".join(plain(text).split())
    named = [person for person in candidates if _named(person, said)]
    if len(named) == 1:
        return named[0]
    if names_relative(text):
        return None
    himself = next((person for person in candidates if person.id == speaker.id), None)
    return himself if not named and himself is not None and _HIMSELF.search(said) else None


def _named(person: Beneficiary, said: str) -> bool:
    return bool(re.search(rf"\b{re.escape(plain(person.first_name))}\b", said))


def names_relative(text: str, *, asked: bool = False) -> bool:
    """Whether the contract is to go to a relative: 'pro meu filho'; `asked` who it is, 'minha esposa' says it alone.

    The register knows no kinship: who it is has to be said by name, and is never guessed.
    """
    said = " ".join(plain(text).split()).strip(" .!")
    return bool(_TO_A_RELATIVE.search(said) or (asked and _A_RELATIVE.fullmatch(said)))


def too_young_in(text: str, minors: Sequence[Beneficiary], *, asked: bool = False) -> Beneficiary | None:
    """Which minor of the contract is to be the holder, by name; `asked` who it is, the name says it alone."""
    said = " ".join(plain(text).split())
    to = "" if asked else rf"{_TO}{_THEIR}(?:{RELATIVE} )?"
    return next((one for one in minors if re.search(rf"{to}\b{re.escape(plain(one.first_name))}\b", said)), None)


def says_outside(text: str) -> bool:
    """Whether a text names somebody who is not in the contract: 'outra pessoa', 'ela não está no plano'."""
    return bool(_OUTSIDE.search(plain(text)))


def says_kept(text: str) -> bool:
    """Whether a text lets the holder be as it is: 'deixa como está'."""
    return bool(_KEPT.search(plain(text)))
