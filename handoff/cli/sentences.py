"""What people and the desk write, put together from invented pieces, so that a search has much to tell apart. Pure."""

from __future__ import annotations

from random import Random

from backend.demo.invented import words

_CARE = words(
    """
    cardiologista dermatologista ortopedista ginecologista pediatra oftalmologista otorrino endocrinologista
    neurologista psiquiatra psicóloga urologista gastro reumatologista geriatra fisioterapeuta nutricionista
    fonoaudióloga dentista clínico alergista hematologista nefrologista oncologista pneumologista mastologista
    """
)
_PROCEDURES = (
    "ressonância do joelho", "tomografia do tórax", "cirurgia de catarata", "endoscopia", "colonoscopia",
    "mamografia", "ultrassom do abdome", "ecocardiograma", "teste ergométrico", "hemograma",
    "densitometria óssea", "polissonografia", "artroscopia", "cintilografia", "raio x da coluna",
    "eletroencefalograma", "cateterismo", "biópsia da tireoide", "sessões de fisioterapia",
    "retirada da vesícula", "implante dentário", "curva glicêmica", "holter de 24 horas",
)  # fmt: skip
_TOWNS = (
    "São Luís", "Imperatriz", "Caxias", "Timon", "Bacabal", "Balsas", "Codó", "Pinheiro", "Santa Inês",
    "Teresina", "São Paulo", "Campinas", "Santos", "Belém", "Fortaleza", "Açailândia", "Chapadinha",
    "Barreirinhas",
)  # fmt: skip
_DAYS = (
    "segunda", "terça de manhã", "quarta à tarde", "quinta", "sexta cedo", "semana que vem", "amanhã",
    "hoje ainda", "depois do dia 15", "no fim do mês", "o mais cedo possível", "qualquer dia à tarde",
)  # fmt: skip
_MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
    "novembro", "dezembro",
)  # fmt: skip
_KIN = (
    "minha mãe", "meu pai", "meu filho", "minha filha", "minha esposa", "meu marido", "minha avó", "minha sogra",
    "meu neto", "eu mesma", "eu mesmo", "meu irmão",
)  # fmt: skip
_COMPLAINTS = (
    "dor nas costas", "falta de ar", "tontura", "febre há três dias", "manchas na pele", "dor de cabeça forte",
    "pressão alta", "joelho inchado", "insônia", "alergia", "visão embaçada", "zumbido no ouvido",
)  # fmt: skip
_GREETINGS = (
    "Oi", "Olá", "Bom dia", "Boa tarde", "Boa noite", "oi td bem", "ola bom dia", "Por favor", "Me ajuda",
    "Gente", "Oi de novo", "moça",
)  # fmt: skip

_ASKED = (
    "{greeting}, quero marcar {care} em {town} {day}",
    "preciso de consulta com {care} pra {kin}, {day} dá?",
    "{greeting}, {kin} está com {complaint}, tem {care} {day}?",
    "queria remarcar a consulta do {care} para {day}",
    "desmarca por favor a consulta com {care} de {day}",
    "{greeting}, me manda a segunda via do boleto de {month}",
    "o boleto de {month} veio com valor errado, cobraram {procedure} que não fiz",
    "já paguei a mensalidade de {month}, segue o comprovante",
    "quanto devo? recebi uma carta falando de {month}",
    "{greeting}, o médico pediu {procedure}, como faço a autorização?",
    "saiu a autorização da {procedure}? é pra {kin}",
    "qual o andamento do protocolo da {procedure}",
    "mandei o laudo da {procedure} em {month} e ninguém respondeu",
    "mudei de endereço, agora moro em {town}, como atualizo o cadastro?",
    "perdi a carteirinha, preciso da segunda via pra {kin}",
    "{kin} faz aniversário em {month}, continua no plano?",
    "tem {care} que atenda em {town}?",
    "qual hospital atende emergência em {town}, {kin} está com {complaint}",
    "quero falar com atendente, já expliquei três vezes sobre a {procedure}",
    "o plano cobre {procedure}? qual a carência?",
    "obrigada, {day} está ótimo",
    "não, prefiro {day}",
    "sim, pode confirmar {day} em {town}",
    "é pra {kin} mesmo",
    "{greeting}, ainda estou esperando resposta sobre {procedure} desde {month}",
    "vocês atendem no feriado de {month}?",
    "trocar a titularidade do plano, {kin} faleceu em {month}",
    "quero cancelar o plano, mudei para {town}",
    "ok",
    "tá bom, obrigado pela ajuda com a {procedure}",
)
_ANSWERED = (
    "Encontrei estes horários com {care} em {town}: {day}. Qual você prefere?",
    "Pronto: sua consulta com {care} ficou para {day}, em {town}. Chegue quinze minutos antes e leve um documento.",
    "Seu protocolo é {number}. Guarde esse número para acompanhar o pedido.",
    "Para continuar, preciso confirmar quem fala. Você pode me dizer seu CPF e sua data de nascimento?",
    "A autorização da {procedure} está em análise. A resposta sai em até cinco dias úteis. Protocolo {number}.",
    "O pedido de {procedure} foi autorizado. O número da guia é {number} e ela vale por três meses.",
    "Falta um documento para a análise da {procedure}: o laudo do médico. Você pode mandar por aqui.",
    "Aqui está a segunda via do boleto de {month}. O código de barras vai na próxima mensagem.",
    "Recebi seu comprovante de {month} e encaminhei ao financeiro com o protocolo {number}.",
    "Entendi que você quer {care} em {town}. Tem preferência de dia?",
    "Não encontrei vaga com {care} em {town} {day}. Posso procurar em outra cidade ou colocar você na lista de espera.",
    "Vou passar você para uma pessoa da equipe. Já contei o que você me disse sobre {procedure}.",
    "Seu cadastro foi atualizado: {town}. Mais alguma coisa?",
    "Lembrete: consulta com {care} {day}. Você confirma?",
    "De nada. Se precisar de algo, é só escrever.",
    "A contestação sobre a {procedure} de {month} foi registrada no protocolo {number} e está com contas médicas.",
)


def _pool(random: Random, templates: tuple[str, ...], size: int) -> list[str]:
    return [
        random.choice(templates).format(
            greeting=random.choice(_GREETINGS), care=random.choice(_CARE), procedure=random.choice(_PROCEDURES),
            town=random.choice(_TOWNS), day=random.choice(_DAYS), month=random.choice(_MONTHS), kin=random.choice(_KIN),
            complaint=random.choice(_COMPLAINTS), number=random.randrange(10**15, 10**16),
        )
        for _ in range(size)
    ]  # fmt: skip


def asked(random: Random, size: int) -> list[str]:
    """So many texts of what people write, with and without a greeting; one in three says two things at once."""
    first = _pool(random, _ASKED, size)
    return [f"{text}. {first[-order]}" if order % 3 == 1 else text for order, text in enumerate(first)]


def answered(random: Random, size: int) -> list[str]:
    """So many texts of what the assistant and the desk write."""
    return _pool(random, _ANSWERED, size)
