"""What a process asks for, how each paper is called, and what is still missing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.identifiers import plain
from backend.words import spoken_list


@dataclass(frozen=True, slots=True)
class Item:
    """A paper by its code. `title` with its article ('o RG') is how it is spoken of; `pattern` how people write it,
    without accents and capitals; `serves_as` other papers that it stands for."""

    code: str
    title: str
    article: str
    pattern: str
    serves_as: frozenset[str] = frozenset()

    @property
    def spoken(self) -> str:
        """'o RG', 'a certidão de óbito'."""
        return f"{self.article} {self.title}"


_OFFICIAL = "official_document"
_TABLE = (
    Item("rg", "RG", "o", r"\brg\b|\bidentidade\b|\bregistro geral\b", frozenset({_OFFICIAL})),
    Item("cpf", "CPF", "o", r"\bcpf\b|\bcadastro de pessoas? fisicas?\b"),
    # a driver's licence and the new identity card show the CPF as well
    Item("licence", "CNH", "a", r"\bcnh\b|\bhabilitacao\b|\bcarteira de motorista\b",
         frozenset({"rg", "cpf", _OFFICIAL})),
    Item("identity_card", "carteira de identidade nacional", "a", r"\bcin\b|\bidentidade nacional\b",
         frozenset({"rg", "cpf", _OFFICIAL})),
    Item("address_proof", "comprovante de endereço", "o",
         r"\bcomprovante (?:de |do )?(?:meu |novo )?(?:enderec\w+|resid\w+)|\bconta de (?:luz|agua|energia|telefone"
         r"|internet)|\bcomprov\w* resid\w*|\bresidencia\b"),
    Item("enrolment_proof", "comprovante de matrícula", "o", r"\bmatricula\w*\b|\bmatriculad[oa]\b"),
    Item("attendance_proof", "comprovante de frequência", "o",
         r"\bfrequencia\b|\bfrequenta\w*\b|\bhistorico escolar\b"),
    Item("death_certificate", "certidão de óbito", "a", r"\bobito\b|\bfaleci\w*\b|\batestado de morte\b"),
    Item("civil_certificate", "certidão de casamento ou nascimento", "a",
         r"\bcasamento\b|\bnascimento\b|\bdivorci\w*\b|\buniao estavel\b|\baverbac\w*\b|\bcertidao\b",
         frozenset({_OFFICIAL})),
    # what proves a name or a date of birth: any paper of the state that shows it
    Item(_OFFICIAL, "RG, CNH ou certidão", "o", r"\bdocumento (?:oficial|de identi\w+)"),
    Item("signed_form", "formulário assinado", "o", r"\bformulario\b|\bassinad[oa]\b|\bassinatura\b|\btermo\b"),
    Item("medical_request", "pedido do médico", "o",
         r"\bpedido (?:do |da |de )?(?:medic\w+|doutora?|dra?\b|exame)|\brequisicao\b|\bguia (?:do|da) medic\w+"
         r"|\breceita\b|\bsolicitacao medica\b|\bencaminhamento\b"),
    Item("medical_report", "laudo ou exame", "o", r"\blaudo\b|\bresultado\b|\brelatorio\b|\bexames?\b"),
    Item("slip", "boleto", "o", r"\bboleto\b|\bfatura\b|\bcobranca\b|\bcarne\b"),
    Item("receipt", "comprovante de pagamento", "o", r"\bcomprovante de pag\w+|\brecibo\b|\bpagamento\b"),
    Item("phone_bill", "comprovante do telefone", "o", r"\bconta do (?:celular|telefone)\b"),
    Item("proof", "comprovante", "o", r"\bcomprovante\b"),
    Item("other", "outro documento", "o", r"\boutro documento\b"),
)  # fmt: skip

ITEMS = {item.code: item for item in _TABLE}


def title_of(kind: str) -> str:
    """'comprovante de matrícula'; 'arquivo sem nome' where nobody has said what it is."""
    return ITEMS[kind].title if kind in ITEMS else "arquivo sem nome"


def spoken(kinds: Iterable[str]) -> str:
    """'o RG, o CPF e a certidão de óbito'. Empty without any."""
    return spoken_list([ITEMS[kind].spoken for kind in kinds if kind in ITEMS])


def counts_as(kind: str) -> frozenset[str]:
    """The items that a paper of this kind answers: itself, and what it stands for."""
    item = ITEMS.get(kind)
    return frozenset({kind}) | item.serves_as if item else frozenset()


def missing(wanted: Sequence[str], given: Iterable[str]) -> list[str]:
    """What of a checklist is not answered by the kinds of what was given (and not refused), in its order."""
    answered = {code for kind in given for code in counts_as(kind)}
    return [code for code in wanted if code not in answered]


def kinds_in(text: str, among: Iterable[str] | None = None) -> list[str]:
    """The papers that a caption, a file's name or a document's own text names, in the table's order.

    `among` limits them to what a process asks for, and to what stands for that. 'comprovante' alone is only a proof
    where nothing more exact was named. A pattern that the better named one contains does not count beside it.
    """
    said = re.sub(r"[_\-.]+", " ", plain(text))
    wanted = None if among is None else set(among)
    found = [(item, match.span()) for item in _TABLE if (match := re.search(item.pattern, said))]
    exact = [item for item, span in found if not any(_within(span, other) for _, other in found)]
    if wanted is not None:
        exact = [item for item in exact if item.code in wanted or item.serves_as & wanted]
    codes = [item.code for item in exact]
    if len(codes) > 1 and "proof" in codes:
        codes.remove("proof")
    return codes


def _within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether one name stands inside a longer one: 'identidade' in 'identidade nacional'."""
    return span != other and other[0] <= span[0] and span[1] <= other[1]
