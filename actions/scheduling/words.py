"""What people say about appointments beside specialty, place and time. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from backend.identifiers import plain
from backend.scheduling.when import When

_LEFT_OPEN = re.compile(
    r"\b(?:qualquer (?:um|uma|hora|horario|dia|desses|dessas|deles)|tanto faz|o que tiver|o mais proximo|quanto antes"
    r"|(?:o |a )?mais cedo (?:possivel|que (?:tiver|puder))|(?:voce|vc) (?:que sabe|quem sabe|escolhe|decide)"
    r"|mais rapido|primeir[oa] que (?:tiver|aparecer|der)|primeira vaga)\b"
)
_OTHER = re.compile(
    r"\b(?:outr[oa]s?|mais (?:opcoes|horarios|datas|vagas)|tem mais|nenhum[a]?|nao gostei|nada disso|nao serve\w*)\b"
    r"(?! tarde| cedo)"
)
_OTHER_DAY = re.compile(
    r"\boutr[oa]s? (?:dias?|datas?|semana)\b"
    r"|\b(?:nesse|neste|esse|este|nesses|desses) dias? (?:eu )?(?:nao|num|fica ruim|e ruim)\b"
    r"|\bnao (?:posso|consigo|da|vai dar|vou poder) (?:ir )?n?es[st]es? dias?\b"
)
_OTHER_CITY = re.compile(r"\boutr[ao]s? (?:cidades?|lugar(?:es)?)\b")
_DOCTORS = r"(?:medic[oa]s?|doutora?s?|dra?|profissiona(?:l|is)|dentistas?|psicolog[oa]s?|fisioterapeutas?)"
_OTHER_DOCTOR = re.compile(rf"\boutr[oa]s? {_DOCTORS}\b|\b(?:troc|mud)\w+ (?:de|o|a) {_DOCTORS}\b")
_WAITING = re.compile(r"\b(?:listas? de espera|(?:na|da|pra|a) lista|na espera|fila de espera)\b(?! de (?!espera))")
_CANCEL = re.compile(r"\b(?:cancel\w*|desmarc\w*)\b")
_NEVER_MIND = re.compile(r"\b(?:deixa|esquec\w*|desist\w*|nao quero mais)\b")
# 'se eu cancelar perco a vaga?' asks what would follow.
_WOULD_CANCEL = re.compile(r"\?|\b(?:se|caso|quando|antes de)\b(?: \w+){0,3} (?:cancel|desmarc)")
_KEEPS = re.compile(
    r"(?<!nao quero )(?<!nao vou )(?<!nao precisa )(?<!nao )"
    r"\b(?:mante(?:m|r|nha\w*|ve)|deixa (?:marcad|como)\w*|fic(?:a|ar|o) com"
    r"|(?:quero|pretendo|consigo|vou (?:poder|conseguir)) ir|ainda vou"
    r"|(?:eu )?vou (?:ir|sim|tod[ao]s|n?[ao]s? (?:duas|dois|tres|outr[ao]s?)|em (?:tod[ao]s|ambas)|n?[ao]s? d[aeo]s?)"
    r"|eu vou(?= *(?:$|[,.;!?])))\b"
)
_NO_LIST = re.compile(
    r"\b(?:nao|nem) (?:quero|queria|preciso|precisa|vou|gosto)\b(?: \w+){0,3} (?:listas?|fila|espera)\b"
)
_LEAVING_LIST = re.compile(
    r"\b(?:sair|sai|tir\w*|remov\w*|cancel\w*|desist\w*|apag\w*)\b.{0,15}\b(?:lista|fila|espera)\b"
)
_NOT = re.compile(r"\b(?:nao|num|nunca)\b")
_MOVE = re.compile(r"\b(?:remarc\w*|reagend\w*|mud(?:ar|a|e|o)|adi(?:ar|a)|troc(?:ar|a)|transferir)\b")
_NETWORK = re.compile(
    r"\b(?:hospita(?:l|is)|laboratorios?|rede (?:credenciada|do plano)|quem atende"
    r"|quais (?:as |os )?(?:clinicas|medic[oa]s))\b"
)
_BOOKED = re.compile(
    r"\b(?:remarc\w*|reagend\w*|minhas? consultas?|meus? agendamentos?|meus? horarios?|adiar|desmarc\w*"
    r"|consultas? (?:que )?(?:eu )?(?:ja )?(?:marquei|marcad\w+|agendad\w+|tenho|tinha)|ja (?:tenho|marquei)"
    r"|cancel\w* (?:[ao]s? )?(?:minhas? |meus? |outr[ao]s? )?(?:consultas?|horarios?|agendamentos?|medic\w+|dra?)\b)"
)


_ALL = re.compile(r"\btod[ao]s\b(?! os dias?\b)|\btudo\b(?! (?:bem|bom|certo|joia|ok)\b)")
_COUNTS = {"duas": 2, "dois": 2, "tres": 3, "quatro": 4, "cinco": 5}
_SO_MANY = re.compile(
    rf"\b[ao]s (?P<count>{'|'.join(_COUNTS)}|[2-9])\b"
    r"(?= *(?:$|[,.;!?]|(?:consultas?|horarios?|visitas?|marcac\w+|exames?|de|do"
    r"|por|pf|pfv|mesmo|sim|que|junt[ao]s|e|nao|pra|pode)\b))|\bamb[ao]s\b"
)
_HOUR = re.compile(r"\b(?:às|das|pras)\b", re.IGNORECASE)
_FEWEST = 2


def says_all(text: str) -> bool:
    """'todas', 'cancela tudo'; not 'tudo bem'."""
    return bool(_ALL.search(plain(text)))


def says_how_many(text: str) -> int:
    """2 for 'as duas', 'ambas', 'os dois horários'; 0 where no number is said, as in 'às duas'."""
    found = None if _HOUR.search(text) else _SO_MANY.search(plain(text))
    if found is None:
        return 0
    count = found["count"]
    return _COUNTS.get(count) or int(count) if count else _FEWEST


def without_count(text: str) -> str:
    """A text without its 'as duas', which is then no hour; as it is where no number is said."""
    return _SO_MANY.sub(" ", plain(text)) if says_how_many(text) else text


def leaves_open(text: str) -> bool:
    """'qualquer um', 'tanto faz', 'o mais cedo possível': which one is ours to say."""
    return bool(_LEFT_OPEN.search(plain(text)))


def mentions_other(text: str) -> bool:
    """'outros horários', 'tem mais?', 'nenhum desses', 'não gostei'."""
    return bool(_OTHER.search(plain(text)))


def wants_other_day(text: str) -> bool:
    """'tem outro dia?', 'nesse dia não posso': none of the days that were offered."""
    return bool(_OTHER_DAY.search(plain(text)))


def wants_same_day(text: str) -> bool:
    """'no mesmo dia, mais tarde'."""
    return bool(re.search(r"\bmesmo dia\b", plain(text)))


def wants_other_city(text: str) -> bool:
    """'tem em outra cidade?'"""
    return bool(_OTHER_CITY.search(plain(text)))


def wants_other_doctor(text: str) -> bool:
    """'com outro médico'."""
    return bool(_OTHER_DOCTOR.search(plain(text)))


def later_or_earlier(text: str, moments: list[datetime]) -> When | None:
    """'tem mais tarde?', 'mais cedo': hours after the latest, or before the earliest, of local `moments`."""
    said, hours = plain(text), sorted(moment.time() for moment in moments)
    if not hours or leaves_open(text):
        return None
    if re.search(r"\bmais tarde\b", said):
        return When(from_time=(datetime.combine(date.min, hours[-1]) + timedelta(minutes=1)).time())
    return When(until_time=hours[0]) if re.search(r"\bmais cedo\b", said) else None


def wants_choices(text: str) -> bool:
    """'quais horários tem?', 'tem vaga quando?', 'outro médico': shows what there is."""
    said = plain(text)
    return mentions_other(text) or bool(
        re.search(r"\b(?:quais|que (?:dias|horarios)|tem (?:vaga|horario|o que))\b", said)
    )


def wants_to_wait(text: str) -> bool:
    """'me põe na lista de espera', 'quero ficar na fila de espera'."""
    said = plain(text)
    return bool(_WAITING.search(said)) and not _NO_LIST.search(said)


def leaves_waiting_list(text: str) -> bool:
    """'me tira da lista de espera'; not 'cancelar a consulta que consegui pela lista de espera'."""
    return bool(_LEAVING_LIST.search(plain(text)))


def says_cancel(text: str) -> bool:
    """'cancela', 'quero desmarcar'; not 'deixa pra lá', which leaves everything as it is."""
    said = plain(text)
    return bool(_CANCEL.search(said)) and not _NEVER_MIND.search(said) and not _NOT.search(said)


def orders_cancel(text: str) -> bool:
    """'pode cancelar', said to the question whether really; no question: 'se eu cancelar perco a vaga?'"""
    return says_cancel(text) and not _WOULD_CANCEL.search(plain(text))


def kept_part(text: str) -> str:
    """The part of a text, folded, that says what shall stay: 'mantém todas', 'eu vou na de quinta'; empty without."""
    parts = re.split(r"[;.!?]| e (?=cancel|desmarc|mant)| mas |,(?= *(?:pode |so )?(?:cancel|desmarc))", plain(text))
    return next((part for part in parts if _KEEPS.search(part) and not says_cancel(part)), "")


def says_never_mind(text: str) -> bool:
    """'deixa pra lá', 'desisti'."""
    return bool(_NEVER_MIND.search(plain(text)))


def says_move(text: str) -> bool:
    """'quero remarcar', 'dá pra mudar?'"""
    return bool(_MOVE.search(plain(text)))


def speaks_of_booked(text: str) -> bool:
    """'minhas consultas', 'quero remarcar': what is booked already, not what is being booked."""
    return bool(_BOOKED.search(plain(text)))


def speaks_of_list(text: str) -> bool:
    """'minhas consultas', 'quais consultas eu tenho'."""
    return bool(re.search(r"\b(?:minhas consultas|meus agendamentos|consultas (?:eu )?tenho)\b", plain(text)))


def speaks_of_network(text: str) -> bool:
    """'quais hospitais atendem em Imperatriz?': who there is, which is no wish for an appointment."""
    return bool(_NETWORK.search(plain(text)))
