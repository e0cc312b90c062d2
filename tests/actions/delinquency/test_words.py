"""What people write when they are asked how they want to settle, and how arrears are listed."""

from __future__ import annotations

import pytest

from actions.delinquency.called import _about_whom
from actions.delinquency.words import fees_counted, way_in
from backend.delinquency.replies import read_reply
from backend.identifiers import plain


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("pix", "pix"), ("manda o pix", "pix"), ("PIX por favor", "pix"), ("copia e cola", "pix"), ("tem qr code?", "pix"),
        ("qual a chave?", "pix"), ("boleto", "slip"), ("me manda o boleto", "slip"), ("2a via", "slip"),
        ("segunda via pfv", "slip"), ("codigo de barras", "slip"), ("a linha digitável", "slip"), ("a fatura", "slip"),
        ("quero negociar", "negotiate"), ("dá pra parcelar?", "negotiate"), ("divide em 3x", "negotiate"),
        ("tem desconto?", "negotiate"), ("faz um acordo comigo", "negotiate"), ("em 4 vezes", "negotiate"),
        ("não consigo pagar tudo", "negotiate"), ("tô sem condições", "negotiate"), ("não tenho condições agora", "negotiate"),
        ("posso dar uma entrada?", "negotiate"), ("não tenho como pagar isso", "negotiate"),
        ("renegociar o boleto", "negotiate"), ("quero contestar", "dispute"), ("não reconheço isso", "dispute"),
        ("depois", "done"), ("depois eu vejo", "done"), ("depois eu vejo isso", "done"), ("agora não, obrigada", "done"), ("só queria saber", "done"),
        ("não", "done"), ("vou pagar amanhã", "done"), ("ok", "done"), ("tá bom, obrigado", "done"),
        ("pago na sexta", "done"), ("por enquanto não", "done"), ("vou pensar", "done"),
        ("que horas abre?", ""), ("oi", ""), ("sim", ""), ("quero marcar consulta", ""), ("", ""), ("meu pai", ""),
    ],
)  # fmt: skip
def test_the_way_that_a_text_names(text: str, way: str) -> None:
    assert way_in(text) == way


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("sim", "not_here"), ("conheço", "not_here"), ("é minha mãe", "not_here"), ("sou a filha dela", "not_here"),
        ("meu vizinho", "not_here"), ("ele trabalha comigo", "not_here"), ("não", "wrong_number"),
        ("não conheço", "wrong_number"), ("nunca ouvi falar", "wrong_number"), ("sou eu", "me"), ("sim, sou eu mesmo", "me"),
        ("ele faleceu", "deceased"), ("quem é?", "who"), ("pare", "stop"), ("quero marcar consulta", ""),
    ],
)  # fmt: skip
def test_what_is_answered_to_whether_somebody_is_known(text: str, reply: str) -> None:
    assert _about_whom(text, plain(text), read_reply(text)) == reply


def test_fees_are_counted_as_fees() -> None:
    assert [fees_counted(count) for count in (1, 2, 12)] == ["1 mensalidade", "2 mensalidades", "12 mensalidades"]
