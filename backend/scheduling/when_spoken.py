"""Ways of saying a time that are put into a plainer one before they are read. Pure; `normal_text` calls it."""

from __future__ import annotations

import re

from backend.number_words import figures

_HOUR = 60
_NOON = 12
_WEEK_LESS = {"8": 7, "15": 14}  # 'de hoje a oito' counts the day on which it is said
_DAY_MONTH = r"(0?[1-9]|1[0-2])"
_REWRITTEN = tuple(
    (re.compile(pattern), plainer)
    for pattern, plainer in (
        (r"\bd(?= (?:tarde|manha|noite)\b)", "de"),
        (r"\bdamanha\b", "de amanha"),
        (r"\bsem (?=que (?:vem|entra|vier)\b)|(?<=proxima )sem\b", "semana "),
        (r"\bamanha ou depois\b(?! d)", "amanha ou depois de amanha"),
        # What the doctor said: 'volto em 30 dias'.
        (r"\b(?:volto|volta|voltar) (?=(?:em|daqui a) \d)", ""),
        # 'essa semana não, a outra'
        (
            r"\b(?:sem ser |nao )?n?ess[ae] semana(?: nao)?,? (?:mas |so |e sim )?n?a (?:outra|proxima|que vem)\b"
            r"(?! semana)",
            "outra semana",
        ),
        # Dates by the month's number: 'dia 3 do doze', '25.11'.
        (rf"\b(?:dia )?(\d{{1,2}}) do (?:mes )?{_DAY_MONTH}\b(?! ?[:h/]| andar| bloco)", r"dia \1/\2"),
        (rf"(?<![\d.,/-])(1[3-9]|2\d|3[01])[-.]{_DAY_MONTH}(?![\d.,/-])", r"\1/\2"),
        (rf"\bdia (\d{{1,2}})[-.]{_DAY_MONTH}(?![\d.,/-])", r"dia \1/\2"),
        # '5a às 10', 'na 2a', '6a': weekdays by their number, where nothing is counted by it.
        (
            r"([2-6])a(?:(?<=\bna .a)|(?<=\bpra .a)|(?<=\bpara .a)|(?<=^.a)|(?<=\bou .a)|(?<=\be .a)|(?<=\bnessa .a)"
            r"|(?<=\bproxima .a))"
            r"(?= (?:de|a|pela|as|depois|dps|antes|cedo|que vem|agora|dia|ou|e)\b|[,;.?!]|$)"
            r"(?:(?<!^2a)|(?=,? ?(?:ou|e)? ?[3-6]a\b))",
            r"\1a feira",
        ),
        (r"\bdo dia \d{1,2} (?:pra|para|pro|p) (?:o )?(\d{1,2})\b(?!/)", r"pra dia \1"),
        (r"\b(depois do|partir do|antes do|apos o|ate o) (\d{1,2})\b(?! ?[:h/])", r"\1 dia \2"),
        (r"\b(daqui a|em|dentro de|daqui|com|proxim[ao]) (?:uma?s?)(?= (?:dia|semana|mes|quinzena))", r"\1 1"),
        (r"\buma (?=(?:hora )?(?:da tarde|e meia\b))", "1 "),
    )
)
# 'às dez pras onze' is a clock; 'das 10 pras 11' moves something.
_MINUTES_TO = re.compile(
    r"(?:\b(?:as|faltando|faltam?) |(?<!das )(?<!d[aeo] )(?<!as )\b)(5|10|15|20|25)"
    r" (?:pr?as|para as|p as) (\d{1,2})\b(?! ?[:h])"
)
_IN_A_WEEK = re.compile(r"\b(?:de )?(hoje|amanha) a (8|15)\b(?: dias)?(?! ?[:h/])")


def plainer(words: str) -> str:
    """Folded words with numbers as figures and spoken turns as plain ones: 'quinze pras nove' is '8:45'."""
    words = figures(words)
    for pattern, said in _REWRITTEN:
        words = pattern.sub(said, words)
    words = _IN_A_WEEK.sub(lambda found: f"daqui a {_WEEK_LESS[found[2]] + (found[1] == 'amanha')} dias", words)
    return _MINUTES_TO.sub(_minutes_to, words)


def _minutes_to(found: re.Match[str]) -> str:
    hour = int(found[2]) - 1 or _NOON
    return f"as {hour}:{_HOUR - int(found[1]):02d}"
