"""Reading registration facts out of what a person wrote, in any order and form. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.identifiers import LongNumber, NumberKind, long_numbers, plain, without_long_numbers
from backend.identity.birth_date import take_birth_date
from backend.identity.relatives import whose
from backend.number_words import dictated
from backend.vocabulary.words import ordinary_words

_MOTHER = re.compile(r"\b(?:mae|mamae|genitora|filh[ao] d[aeo])\b")
_OWN_NAME = re.compile(r"\b(?:meu nome|nome completo|me chamo|chamo|sou (?:o|a)|aqui e (?:o|a)|nome)\b")
# Words that stand around names and are none.
_NOT_NAMES = {
    "a", "o", "as", "os", "e", "eu", "de", "da", "do", "das", "dos", "em", "no", "na", "ao", "aos", "um",
    "uma", "meu", "minha", "meus", "minhas", "seu", "sua", "nome", "completo", "completa", "cpf", "rg",
    "carteirinha", "carteira", "cartao", "numero", "num", "nº", "n", "data", "nascimento", "nascido",
    "nascida", "nasci", "dia", "mes", "ano", "mae", "mamae", "genitora", "dela", "dele", "se", "chama",
    "chamo", "chamada", "sou", "aqui", "que", "com", "para", "pra", "por", "favor", "oi", "ola", "bom",
    "boa", "tarde", "noite", "esta", "estao", "sao", "segue", "seguem", "dados", "ta", "ai", "me", "é",
    "titular", "plano", "tambem", "tb", "isso", "sim", "nao", "ok", "obrigado", "obrigada", "quero",
    "queria", "gostaria", "preciso", "saber", "consultar", "boleto", "protocolo", "consulta", "atendimento",
    "whatsapp",
}  # fmt: skip
# Words of what people need: who writes his need and his facts in one message has not said a wrong name.
_NEEDS = {
    "via", "vias", "boleto", "boletos", "fatura", "faturas", "recibo", "recibos", "comprovante", "pagamento",
    "pagamentos", "pagar", "paguei", "mensalidade", "demonstrativo", "informe", "imposto", "email", "mail", "pix",
    "codigo", "linha", "digitavel", "aberto", "vencido", "vencidos", "vencida", "marcar", "remarcar", "desmarcar",
    "agendar", "cancelar", "consulta", "consultas", "horario", "medico", "medica", "doutor", "doutora", "exame",
    "exames", "cirurgia", "procedimento", "autorizacao", "guia", "reembolso", "cobranca", "contestar", "atendente",
    "manda", "mandar", "mande", "enviar", "envia", "receber", "mudar", "trocar", "atualizar", "endereco", "telefone",
}  # fmt: skip
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person said of himself. `names` are given without saying whose; `bad_cpf` marks wrong check digits."""

    cpf: str = ""
    card: str = ""
    birth_date: date | None = None
    full_name: str = ""
    mother_name: str = ""
    names: tuple[str, ...] = ()
    bad_cpf: bool = False

    @property
    def found_any(self) -> bool:
        """True when the text held at least one fact, or something meant as a CPF."""
        return (
            bool(self.cpf or self.card or self.birth_date or self.full_name or self.mother_name or self.names)
            or self.bad_cpf
        )

    def merged(self, newer: Facts) -> Facts:
        """These facts with those of a later message over them."""
        return replace(
            self,
            cpf=newer.cpf or self.cpf,
            card=newer.card or self.card,
            birth_date=newer.birth_date or self.birth_date,
            full_name=newer.full_name or self.full_name,
            mother_name=newer.mother_name or self.mother_name,
            names=(*self.names, *(name for name in newer.names if name not in self.names)),
            bad_cpf=newer.bad_cpf,
        )

    def to_json(self) -> dict[str, object]:
        """For the row that keeps them until the identity is decided."""
        return {
            "cpf": self.cpf,
            "card": self.card,
            "birth_date": self.birth_date.isoformat() if self.birth_date else "",
            "full_name": self.full_name,
            "mother_name": self.mother_name,
            "names": list(self.names),
        }

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Facts:
        """The facts that `to_json` wrote."""
        birth = str(stored.get("birth_date") or "")
        names = stored.get("names")
        return cls(
            cpf=str(stored.get("cpf") or ""),
            card=str(stored.get("card") or ""),
            birth_date=date.fromisoformat(birth) if birth else None,
            full_name=str(stored.get("full_name") or ""),
            mother_name=str(stored.get("mother_name") or ""),
            names=tuple(str(name) for name in names) if isinstance(names, list) else (),
        )


def read_facts(text: str, *, today: date, names_expected: bool = True) -> Facts:
    """Every registration fact in a text. Names count only where they were asked for."""
    rest = dictated(" | ".join(plain(line) for line in text.splitlines()))
    numbers = long_numbers(rest)
    cpf, card = _own(numbers, rest, "cpf", "bad_cpf"), _own(numbers, rest, "card")
    rest = without_long_numbers(rest, " | ")
    birth_date, rest = take_birth_date(rest, today)
    full_name, mother_name, names = _read_names(rest) if names_expected else ("", "", ())
    is_bad = cpf is not None and cpf.kind == "bad_cpf"
    return Facts(
        cpf.digits if cpf and not is_bad else "", card.digits if card else "", birth_date, full_name, mother_name,
        names, bad_cpf=is_bad,
    )  # fmt: skip


def _own(numbers: Sequence[LongNumber], text: str, *kinds: NumberKind) -> LongNumber | None:
    """The number of these kinds that is the writer's: what he calls his, and what is not said to be a relative's.

    The words stand before the numbers ('o da minha mãe é …, o meu é …') or, all of them, after. A relative's number
    is taken where it is the only one: people write for their mothers.
    """
    if not numbers:
        return None
    edges = [0, *(one.end for one in numbers[:-1])]
    before = [whose(text[edge : one.start]) for edge, one in zip(edges, numbers, strict=True)]
    starts = [*(one.start for one in numbers[1:]), len(text)]
    after = [whose(text[one.end : start]) for one, start in zip(numbers, starts, strict=True)]
    said = after if after[-1] and not before[0] else before
    found = [
        ((of == "relative", one.kind == "bad_cpf", of != "own"), one)
        for of, one in zip(said, numbers, strict=True)
        if one.kind in kinds
    ]
    return min(found, key=lambda candidate: candidate[0])[1] if found else None


def _read_names(text: str) -> tuple[str, str, tuple[str, ...]]:
    full_name, mother_name, loose = "", "", []
    for piece in re.split(r"[|\n,;:.()\-/]|\se a minha\s|\se minha\s(?=mae)", _keep_markers(text)):
        marked_mother = bool(_MOTHER.search(piece))
        marked_own = not marked_mother and bool(_OWN_NAME.search(piece))
        before, *_, after = _MOTHER.split(piece) if marked_mother else ("", piece)
        name = _clean_name(after) or _clean_name(before)
        if not name:
            continue
        if marked_mother:
            mother_name = name
        elif marked_own:
            full_name = name
        elif not _NEEDS & set(name.split()):
            loose.append(name)
    return full_name, mother_name, tuple(loose)


def _keep_markers(text: str) -> str:
    # 'mae: fulana' and 'nome da mae - fulana': the mark belongs to the name that follows it.
    return re.sub(r"\b(mae|mamae|genitora|nome|chamo|chama)\b\s*[:\-]", r"\1 ", text)


def _clean_name(piece: str) -> str:
    words = re.sub(r"[^a-z' ]", " ", piece).split()
    while words and words[0] in _NOT_NAMES:
        words.pop(0)
    while words and words[-1] in _NOT_NAMES:
        words.pop()
    meaningful = [word for word in words if word not in _NOT_NAMES]
    ordinary = sum(word in ordinary_words() for word in meaningful)
    if len(meaningful) < _SHORTEST_NAME or ordinary * 2 >= len(meaningful):
        return ""  # 'a artrodese da coluna' is talk, and talk is no wrong fact
    return " ".join(words)
