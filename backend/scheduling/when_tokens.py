"""The grammar's words for days: one pattern, whose named groups say what was found."""

from __future__ import annotations

import re

from backend.vocabulary.months import MONTHS

WEEKDAYS = {"seg": 0, "ter": 1, "qua": 2, "qui": 3, "sex": 4, "sab": 5, "dom": 6}

_MONTH = "(?:" + "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in MONTHS) + r")\b"
_CLEAR_MONTH = "(?:" + "|".join(name for name in MONTHS if name not in {"marco", "abril", "maio"}) + r")\b"
_VAGUE_MONTH = r"(?:(?<=em )|(?<=de )|(?<=ra )|(?<=te )|(?<=es ))(?:marco|abril|maio)\b"
_NEXT = r"(?:que vem|que entra|que vier|seguinte|proxima)"
_THIS = r"(?:[nd]?ess[ae]|[nd]?est[ae])"
_OF_MONTH = rf"(?:d[oe] )?(?:mes {_NEXT}|proxima mes|{_THIS} mes|mes)"
_NOT_HOUR = r"(?! ?[\d:h])"
_FULL_WD = r"(?:segunda|terca|quarta|quinta|sexta|sabado|domingo)"
_WD = rf"(?:{_FULL_WD}s?|(?:seg|qua|qui|sex|sab)\b\.?(?! (?:shop|saude))|(?:[2-6]a?(?= feira)))(?: feiras?)?"
# 'ter' is a verb and 'dom' a title, unless a phrase makes them days.
_SHORT_WD = (
    r"(?:(?<=na )|(?<=no )|(?<=/)|^)(?:ter|dom)\b(?=$|[ ,.;!?]*(?:$|(?:de|a|pela|as|que vem|ou|e|por|pf|bem|cedo)\b|\d"
    r"|[|,]))(?! uma?\b)|(?:ter|dom)\b(?= (?:feira|que vem|de manha|a tarde"
    r"|a noite|de tarde|as \d)|/| ?(?:,|e|ou) "
    rf"(?:{_FULL_WD}|seg|qua|qui|sex|sab)\b)|(?:(?<=seg e )|(?<=seg ou )|(?<=seg, )|(?<=qui ou )|(?<=qua ou ))(?:ter"
    rf"|dom)\b"
)
_PART = r"inicio|comeco|comecinho|meio|meados?|fim|finalzinho|final|fins"

# Most places in a text are inside a word, where no token begins.
DAY_TOKEN = re.compile(
    "(?<![a-z])(?:"
    + "|".join(
        (
            rf"\b(?P<nth>primeira|segunda|terceira|quarta|ultima) (?P<nth_wd>{_FULL_WD})(?: feira)? "
            rf"(?:d[eo] (?:mes de )?(?P<nth_n>{_MONTH})|(?P<nth_q>{_OF_MONTH}))",
            rf"\bdias? (?<!entre dia )(?<!entre dias )(?<!entre o dia )(?<!entre os dias )"
            rf"(?P<list>\d{{1,2}}(?:(?:, ?|,? (?:e|ou) )(?:o )?(?:dia )?\d{{1,2}})+)\b"
            rf"(?!/){_NOT_HOUR}(?:/(?P<list_m>\d{{1,2}})|(?: de)? (?P<list_n>{_MONTH})| (?P<list_q>{_OF_MONTH}))?",
            rf"\b(?P<range_between>entre|de|do|dos|desde)? ?(?:os? )?(?P<range_day>dias? )?(?P<range_d1>\d{{1,2}})"
            rf"(?:/(?P<range_m1>\d{{1,2}})| de (?P<range_n1>{_MONTH}))?"
            rf"(?: (?P<range_join>e|a|ao|ate|ate o) (?:o )?(?:dia )?| ?- ?)(?P<range_d2>\d{{1,2}}){_NOT_HOUR}"
            rf"(?:/(?P<range_m2>\d{{1,2}})|(?: de)? (?P<range_n2>{_MONTH})| (?P<range_q>{_OF_MONTH}))?(?![\d/:-])",
            r"(?:\bdia )?(?<![\d/])(?P<date_d>\d{1,2}|primeiro)(?: ?/ ?(?P<date_m>\d{1,2})(?: ?/ ?(?P<date_y>\d{4}"
            r"|\d{2}))?(?![\d/])"
            r"|(?P<sep>[.-])(?P<date_m2>\d{1,2})(?P=sep)(?P<date_y2>\d{4}|\d{2})(?!\d)"
            rf"|o?(?:(?: de| do|/)? ?)(?P<date_n>{_MONTH})(?:(?: de|/| do) ?(?P<date_y3>\d{{4}}|\d{{2}})(?![\d:h])"
            rf"| (?P<date_y4>(?:19|20)\d\d))?)",
            rf"\bdia (?P<day>\d{{1,2}}|primeiro)o?(?![\d/:])(?: (?P<day_q>{_OF_MONTH}))?",
            r"\b(?P<near>depois d[ea]? ?amanha|amanha|hoje)\b",
            rf"\b(?P<weekend>(?:[nd]?ess[ea] |[nd]?este |proxima )?(?:fim|final|finais|fins) de semana(?: {_NEXT})?)",
            rf"\b(?P<week_part>{_PART}) (?:da |dessa |desta "
            rf"|da outra )(?P<week_next>proxima )?semana(?P<week_next2> {_NEXT})?",
            r"\b(?P<workdays>dias? de semana|meio de semana|durante a semana|dias? ut(?:il|eis)"
            r"|(?:em )?dia de semana)\b",
            r"\bsemana d[oe] (?:dia )?(?P<week_of>\d{1,2})(?![\d/:])",
            rf"\b(?P<week>semana depois da (?:que vem|proxima)|{_THIS} semana|(?:proxima|outra) semana"
            rf"|semana {_NEXT})(?: (?:agora|ainda|mesmo))?",
            r"\b(?P<half>primeira|segunda|ultima|1a|2a) quinzena"
            rf"(?: (?:d[eo] )?(?P<half_n>{_MONTH})| (?P<half_q>{_OF_MONTH}))?",
            rf"\b(?P<month_part>{_PART}) (?:d[eo] |p )?(?:mes de )?(?:(?P<part_n>{_MONTH})|(?P<part_q>{_OF_MONTH}))",
            r"\b(?P<year>(?:(?:fim|final|inicio|comeco) d[oe] )?(?:ano que vem|proxima ano|(?<=d[oe] )ano(?! novo)))\b",
            rf"\b(?P<month>{_THIS} mes|mes {_NEXT}|(?:proxima|outro) mes)\b",
            r"\b(?:daqui ?a?|daki a?|em|dentro de)(?: (?:uns|umas"
            r"|mais))* (?P<within>ate )?(?P<count>\d{1,3}) (?P<unit>dia|semana|mes|quinzena)(?:e?s)?\b",
            r"\b(?P<coming>proxim[ao]s) (?:(?P<coming_n>\d{1,2}) )?(?P<coming_unit>dia|semana|mes)(?:e?s)?\b",
            r"(?:\b(?P<eve>vesperas? d[oe] )|(?<=do )|(?<=o )|(?<=apos ))"
            r"(?P<feast>(?:natal|ano novo|reveillon|feriado))\b",
            rf"\b(?:mes de )?(?P<bare>{_CLEAR_MONTH}|{_VAGUE_MONTH})(?: de (?P<bare_y>\d{{4}}|\d{{2}})(?!\d))?",
            rf"\b(?:de|entre|da) (?:a )?(?P<from_wd>{_WD}) (?:a|ate|e) (?:a )?(?P<to_wd>{_WD})(?! (?:tarde|noite))",
            rf"\b(?P<before_wd>(?:proxima|todas?(?: as?)?|todos os|qualquer|as|aos|nas|nos|outra) )?(?P<wd>{_WD}"
            rf"|{_SHORT_WD})"
            rf"(?P<after_wd> {_NEXT}| agora)?(?![a-z])",
        )
    )
    + ")"
)  # fmt: skip
