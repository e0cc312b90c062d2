"""A yes and a no as people write them."""

from __future__ import annotations

import pytest

from backend.words import is_only_emoji, means_no, means_thanks, means_yes, spoken_list, yes_or_no

YES = [
    "sim", "SIM", "s", "ss", "siiim", "simm", "si", "Sim, por favor", "sim pode marcar", "isso", "isso mesmo", "é isso aí", "pode", "pode ser", "pode sim",
    "pode marcar", "pode confirmar, obrigada", "Obrigada, pode confirmar", "pode marcar minha filha", "ok", "okay", "ok obrigado", "certo", "certinho", "claro",
    "quero", "quero sim", "quero esse", "quero essa por favor", "confirmo", "Confirmado!", "confirma aí", "fechado", "perfeito", "blz", "beleza", "joia", "combinado",
    "com certeza", "está certo", "tá certo", "tá", "ta bom", "ta ótimo", "tudo certo", "td certo", "uhum", "aham", "positivo", "serve", "marca", "marque", "marca aí",
    "marca por favor", "👍", "👍🏽", "👌", "✅", "não tem problema", "não vejo problema, pode marcar", "sem problema", "por mim tudo bem", "bora", "pode ser?", "vou querer",
    "acho que sim", "ah sim", "moça, pode marcar", "minha filha pode botar", "oi, confirmo", "gostei", "aceito", "sim, dia 3", "agenda", "boa, confirmado",
    "é", "eh", "é sim", "exato", "exatamente", "lógico", "bora lá", "vamos", "manda", "manda ver", "demorou", "show", "top", "de boa", "faz isso", "por favor", "uai, claro",
    "oxe sim", "vamos nessa", "pode chamar", "concordo", "de acordo", "confere", "okey", "eu quero", "isso aí", "isso mesmo, pode confirmar", "tudo bem", "tá certinho", "pode seguir por favor", "👍🏻", "👍🏾", "👍👍👍", "✔️", "☑️", "🙏🏽", "❤️", "💙", "👌🏼", "👍 pode marcar", "🙏 obrigada", "🤝", "🙆‍♀️", "agora",
]  # fmt: skip
NO = [
    "não", "Nao", "naum", "n", "nn", "não, obrigado", "não quero", "quero não", "posso não", "pode não", "agora não", "claro que não", "acho que não", "isso não",
    "nenhum", "nenhuma dessas", "nenhum desses serve", "nem pensar", "negativo", "melhor não", "de jeito nenhum", "num quero", "num posso nesse dia", "não, melhor terça",
    "obrigada, não", "ah não", "deixa", "deixa quieto", "deixa pra lá", "nem", "não pode", "mais tarde", "por enquanto não", "discordo", "dispenso", "de forma alguma", "jamais", "prefiro que não", "nops", "outra hora", "esquece",
    "👎", "👎🏿", "❌", "🚫", "🙅‍♀️", "🙅🏽‍♂️", "✖️", "👎 não gostei",
]  # fmt: skip
NEITHER = [
    "quero outro", "quero outro horário", "quero cancelar", "pode cancelar", "pode trocar o médico?", "quero um cardiologista", "quero marcar uma consulta com dermato",
    "certo, mas tem mais tarde?", "sim, mas em outro dia", "ok só que outro médico", "pode me dizer onde fica?", "pode me ligar", "claro, e onde fica isso?", "quinta",
    "1", "", "...", "bom dia", "obrigada", "cardiologista", "quanto custa", "simone", "oktoberfest", "podologista", "novembro", "noite", "nativo", "sinto dor", "amanhã",
    "pode mudar?", "quero desistir", "confirmo nada, cancela", "boa tarde", "boa noite moça", "marca um cardiologista", "ta doendo", "nordeste", "claro como água? não sei",
    "oi", "oii", "olá", "é que eu queria outra coisa", "manda pelo correio", "manda pra minha mãe", "show da Ivete", "agora tenho outra pergunta", "vamos ver", "deixa eu ver aqui",
    "deixa marcado", "mais tarde eu marco?", "👍 mas em outro dia", "😂😂", "🤔", "😡", "🌹", "faz 18 anos", "topa", "exatas", "oi tudo bem? queria o boleto", "oii td bem", "e aí", "blz?", "isso é uma palhaçada", "isso aí já foi pago", "quero minha carteirinha",
    "🤝 vamos negociar minha dívida?", "✅💰 pago agora há pouco", "é pra mim", "boa tarde, tudo bem? me passa pra uma pessoa", "esquece não é o joelho",
]  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_a_yes_is_a_yes_and_no_no(text: str) -> None:
    assert means_yes(text)
    assert not means_no(text)


@pytest.mark.parametrize("text", NO)
def test_a_no_is_a_no_and_no_yes(text: str) -> None:
    assert means_no(text)
    assert not means_yes(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_only_begins_like_an_answer_is_none(text: str) -> None:
    assert not means_yes(text)
    assert not means_no(text)


@pytest.mark.parametrize(
    ("items", "spoken"), [([], ""), (["a"], "a"), (["a", "b"], "a e b"), (["a", "b", "c"], "a, b e c")]
)
def test_a_list_is_spoken(items: list[str], spoken: str) -> None:
    assert spoken_list(items) == spoken


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("👍🏽", "yes"),
        ("pode", "yes"),
        ("claro", "yes"),
        ("positivo", "yes"),
        ("pode não", "no"),
        ("deixa", "no"),
        ("❌", "no"),
        ("oi", ""),
        ("🤔", ""),
    ],
)
def test_an_answer_is_one_of_three(text: str, meant: str) -> None:
    assert yes_or_no(text) == meant


@pytest.mark.parametrize("text", ["😂", "👍🏽", "❤️", "🙏🙏", "😢 😢", "🤷🏽‍♀️", "⭐", "➡️"])
def test_signs_alone_are_emoji(text: str) -> None:
    assert is_only_emoji(text)


@pytest.mark.parametrize("text", ["", "…", "?", "!!!", "ok 👍", "1️⃣", "—", "“”", "a", "R$", "..."])
def test_letters_digits_and_punctuation_are_no_emoji(text: str) -> None:
    assert not is_only_emoji(text)


@pytest.mark.parametrize(
    ("text", "thanks"),
    [("🙏", True), ("🙏🏾🙏🏾", True), ("❤️", True), ("👍", False), ("🙏 obrigada", False), ("", False)],
)
def test_some_emoji_thank(text: str, thanks: bool) -> None:
    assert means_thanks(text) is thanks
