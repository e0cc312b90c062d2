"""What is near a health plan's desk and not done by the assistant: a person does it, who is told the topic. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.identifiers import plain


@dataclass(frozen=True, slots=True)
class Topic:
    """`title` stands in 'sobre {title}' and in the hand-over's summary; `response` is the text that offers a person."""

    title: str
    words: re.Pattern[str]
    response: str = "near_topic"


_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "reembolso",
        r"reembols\w+|ressarc\w+|devolver (?:o )?(?:dinheiro|valor) (?:da|do) (?:consulta|exame)"
        r"|paguei (?:a |o )?(?:consulta|exame|medico) (?:particular|do bolso)",
        "near_topic",
    ),
    (
        "resultado de exame",
        r"(?:resultados?|laudos?) d[aeo]s? (?:\w+ ){0,3}?(?:exames?|ressonancia|tomografia|sangue|biopsia"
        r"|hemograma|ultrassom|raio ?x)"
        r"|(?:exames?|resultados?) (?:ja )?(?:fic(?:ou|aram)|(?:es)?ta|saiu|sairam) (?:pronto|prontos)"
        r"|(?:sai|saiu|ver|pegar|retirar|buscar|baixar) (?:o |os |meu |meus )?(?:resultados?|laudo)",
        "near_results",
    ),
    (
        "contratação de plano",
        r"(?:quero|queria|gostaria de|como|pretendo|posso|preciso|para|pra) (?:\w+ ){0,2}?(?:contratar|comprar"
        r"|aderir|fazer um|adquirir|assinar) (?:\w+ ){0,3}?(?:planos?|convenio)"
        r"|cotac(?:ao|oes)|orcamento (?:de|do|para|pra) (?:um )?plano"
        r"|quanto (?:custa|fica|sai) um (?:plano|convenio)|tabela de vendas"
        r"|(?:quero|queria) ser cliente|ainda nao (?:tenho|sou)\b.{0,20}\b(?:plano|cliente)",
        "near_sale",
    ),
    (
        "inclusão de dependente",
        r"(?:inclu\w+|coloc\w+|adicion\w+|acrescent\w+|botar|por|inser\w+"
        r"|cadastr\w+) (?:\w+ ){0,4}?(?:dependentes?|bebe|filh[oa]s?|recem[ -]?nascid[oa]|espos[oa]|marido"
        r"|mulher|companheir[oa]|mae|pai|net[oa])(?: (?:\w+ ){0,3}?(?:no|ao|n[oa] meu) (?:plano|convenio"
        r"|contrato))"
        r"|inclusao (?:de |do |da )(?:dependente|bebe|recem|filh|espos)|(?:novo|mais um|adicionar) dependente"
        r"|(?:coloc|inclu|botar|por|cadastr|adicion)\w* (?:\w+ ){0,5}?como dependente",
        "near_topic",
    ),
    (
        "sintomas e remédios",
        r"(?:posso|pode|devo|tenho que|quantas? (?:gotas|comprimidos|vezes)|quanto) (?:\w+ ){0,3}?(?:tomar|misturar"
        r"|parar de tomar"
        r"|suspender)(?! (?:\w+ )?(?:vacina|banho|providencia))|(?:posso|pode|devo) (?:\w+ ){0,2}?(?:dar|usar"
        r"|passar) (?:\w+ ){0,3}?(?:remedio"
        r"|medicamento|dipirona|paracetamol|ibuprofeno|antibiotico|xarope|pomada|colirio|gotas|comprimidos?|insulina"
        r"|cha)"
        r"|que (?:remedio|medicamento)|qual (?:o )?(?:remedio|medicamento)|qual (?:a )?dose|me receitar|faz mal\b"
        r"|e normal (?:ter|sentir|dar|ficar com)|(?:bula|dose d[aeo]|dosagem|posologia|efeito colateral)"
        r"|o que (?:eu )?(?:tomo|tomar|faco|fazer) (?:pra|para|com) (?:\w+ ){0,2}?(?:dor|febre|tosse|gripe|azia"
        r"|enjoo|diarreia)",
        "near_medical",
    ),
    (
        "renovação de receita",
        r"(?:renov\w+|nova|segunda via d[ae]|troc\w+|vencid[ao]) (?:\w+ ){0,3}?(?:receita(?! d[aeo] (?:bolo|torta"
        r"|pao))"
        r"|prescric(?:ao|oes)|receituario)|(?:perdi|sumiu|preciso de|quero|me (?:da"
        r"|manda)) (?:\w+ ){0,3}?(?:receita (?:medica"
        r"|control\w+|azul|amarela|d[eo] (?:remedio|medicamento|medico))|receituario)|outra receita (?:medica"
        r"|d[eo] remedio)"
        r"|receita (?:medica )?(?:venceu|vencid[ao]|acabou|control\w+|azul|do remedio)",
        "near_topic",
    ),
    (
        "atestado médico",
        r"atestados?(?! de (?:matricula|frequencia|escolaridade))(?! firmado)|licenca medica"
        r"|declaracao de comparecimento",
        "near_topic",
    ),
    (
        "vaga de emprego",
        r"(?:vagas?|oportunidade) (?:de |para |pra )?(?:emprego|trabalho|estagio|jovem aprendiz|trabalhar)"
        r"|curriculo|trabalhar (?:com|para|pra|ai|na empresa|no plano)|(?:mandar|enviar) (?:meu )?cv\b",
        "near_topic",
    ),
    (
        "credenciamento de prestador",
        r"credenciar|credenciamento|me credencio|ser credenciad[oa]"
        r"|sou (?:medic[oa]|dentista|psicolog[oa]|fisioterapeuta) e (?:quero|gostaria)"
        r"|convenio com (?:a |minha )?clinica|faturamento (?:de |da )?clinica|glosa",
        "near_topic",
    ),
    (
        "portal da empresa",
        r"portal (?:da empresa|empresarial|do rh|rh|corporativo)|(?:sou|falo) d[oe] rh"
        r"|movimentac\w+ (?:de |dos )?(?:funcionarios|vidas)",
        "near_topic",
    ),
    (
        "ambulância",
        r"ambulancia|remocao (?:hospitalar|inter ?hospitalar|terrestre|aerea|(?:para|pra|entre|ate) "
        r"|d[eoa]s? (?:paciente"
        r"|enferm[oa]|(?:minha |meu )?(?:mae|pai|avo|vo|sogr[oa]|espos[oa]|marido|mulher|filh[oa]|ti[oa]|irmao?"
        r"|net[oa])))"
        r"|transporte (?:de paciente|sanitario)",
        "near_ambulance",
    ),
    (
        "vacinas",
        r"vacin(?:a|as|acao|ar)",
        "near_topic",
    ),
    (
        "desconto em farmácia",
        r"(?:desconto|convenio|cupom)s? (?:\w+ ){0,3}?(?:farmacias?|drogaria\w*|remedios?|medicamentos?|academia)"
        r"|farmacia popular",
        "near_topic",
    ),
)
# Whose work it is, where that is not the call centre's.
TEAMS = {
    "contratação de plano": "commercial", "inclusão de dependente": "registration", "reembolso": "medical_accounts",
    "portal da empresa": "companies",
}  # fmt: skip
TOPICS = tuple(Topic(title, re.compile(rf"\b(?:{words})\b"), response) for title, words, response in _TABLE)


def near_topic(text: str) -> Topic | None:
    """The first near topic that a text names; None where it names none."""
    said = plain(text)
    return next((topic for topic in TOPICS if topic.words.search(said)), None)
