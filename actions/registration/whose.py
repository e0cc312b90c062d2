"""Whose register is to be changed: the person's own, or a minor's whom he answers for. [rule 10]"""

from __future__ import annotations

import re

from actions.scheduling.whom import Whom, read_whom
from actions.talk import Talk
from actions.whose import those_he_may_hear_of, without_facts
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.store.clock import local

# 'atualizar o endereço da minha filha', 'o nome do meu filho saiu errado'; 'moro com minha nora' is about oneself.
_OF = re.compile(
    r"\b(?:(?:mud|troc|atuali|alter|corrig|acert|ajeit|retific)\w*(?: \w+){0,4}?|nome|cadastro|dados|nascimento"
    r"|endereco) (d[ao] (?:meu |minha |meus )?[a-z]+(?: [a-z]+){0,2})"
)
OWN, CHOICE, NOT_HIS, NOBODY = "own", "choice", "not_his", "nobody"


async def whose(talk: Talk, person: Beneficiary) -> tuple[str, list[Beneficiary]]:
    """Whose register the first words mean: OWN with one person, CHOICE with those it may be, NOT_HIS for an adult who
    has to ask himself, NOBODY for somebody outside the contract."""
    today = local(talk.now).date()
    family = await beneficiaries.family_of(talk.session, person)
    meant = None
    for found in _OF.finditer(without_facts(str(talk.state.get("said") or ""), person)):
        meant = meant or read_whom(found[1], person, family, today)
    if meant is None:
        return OWN, [person]
    return await _of(talk, person, meant)


async def _of(talk: Talk, person: Beneficiary, meant: Whom) -> tuple[str, list[Beneficiary]]:
    today = local(talk.now).date()
    if meant.person is not None:
        return (OWN, [meant.person]) if may_act_for(person, meant.person, today) else (NOT_HIS, [meant.person])
    his = {one.id for one in await those_he_may_hear_of(talk, person)}
    minors = [one for one in meant.candidates if one.id in his]
    if minors:
        return (OWN, minors) if len(minors) == 1 == len(meant.candidates) else (CHOICE, minors)
    return (NOT_HIS, list(meant.candidates)) if meant.candidates else (NOBODY, [])
