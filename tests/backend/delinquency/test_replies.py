"""What people answer to 'falo com …?': each way of writing it is heard as what it is, and other needs are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.delinquency.replies import read_reply

SAID = {
    "me": """
sim|Sim|SIM|sim.|sim!|simm|siiim|s|ss|S|sou|sou eu|Sou eu|sou eu mesmo|sou eu mesma|sou eu sim|sim sou eu|Sim, sou eu|sim, sou eu mesma
sim sou|sou sim|sim senhora|sim senhor|sim moça|sim moço|eu|eu mesma|eu mesmo|é eu|é eu mesmo|é ela|é ele|ela mesma|ele mesmo|é ela mesma
é ela sim|a própria|o próprio|própria|isso|isso mesmo|isso aí|é isso|é|é sim|aham|uhum|positivo|correto|certo|exato|exatamente|confirmo
confirmado|claro|com certeza|ok|Ok|pode falar|sim pode falar|sim, pode falar|sou eu pode falar|pois não|sim, pois não|pode dizer|fala|fale
diga|prossiga|pode mandar|pode perguntar|oi sou eu|oi, sim|olá, sou eu|bom dia, sim|bom dia, sou eu|boa tarde sou eu mesma|boa noite sim sou eu
sim, o que é?|sim, quem é?|sim, o que deseja?|sou eu, quem é?|sou eu, do que se trata?|sim, do que se trata|sou eu o que foi|sim, por quê?
sim sou eu quem gostaria|isso mesmo, o que seria?|👍|👍🏽|👌|✅|🙋‍♀️|sim 👍|sou a Ana|sou Ana Souza|aqui é a Ana|meu nome é Ana Souza|me chamo Ana
sim é ela|está falando com ela|tá falando com ele|simm sou eu|sin|soueu|sou eu msm, pode falar|com ela mesma|sim falando|comigo mesmo|comigo|falo sim
sou o responsável financeiro|sou a responsável|estou aqui|em que posso ajudar|sim, bom dia|sim tudo bem?|sou eu mesma boa tarde
""",
    "not_me": """
não|nao|Não|NÃO|n|nn|ñ|naum|não.|não não|não senhora|não moça|não sou|não sou eu|Não sou eu|nao sou eu nao|não sou ela|não é ela|não é ele
não sou essa pessoa|não sou a pessoa|não é comigo|não é meu nome|não sou o Carlos|não sou nenhuma Ana|não me chamo assim|meu nome não é esse|não, obrigada
não, aqui é o João|não, meu nome é Pedro|não, me chamo Pedro|sou outra pessoa|não sou eu, quem é?|não, quem é?|oi, não|olá, não sou eu|bom dia, não sou
acho que não|negativo|não, não sou|não é essa pessoa|não sou quem você procura|não tenho plano|não tenho esse plano|nunca tive plano|não sou não|n sou eu
""",
    "wrong_number": """
número errado|numero errado|Número errado!|telefone errado|nº errado? não, numero errado mesmo|você errou o número|errou o numero|ligou pro número errado
engano|é engano|foi engano|vc se enganou|vocês se enganaram|não conheço|nao conheço|não conheço essa pessoa|não conheço ninguém com esse nome
desconheço|desconheço essa pessoa|nunca ouvi falar|nunca vi|não sei quem é essa pessoa|não tem ninguém com esse nome aqui|ninguém com esse nome
esse número não é dela|esse número não é dele|esse telefone não é mais dela|esse numero não é da Ana|esse número agora é meu|este número é meu
não é mais o número dela|ela mudou de número|ele trocou de número|trocou o número|comprei esse chip agora|peguei esse número mês passado
não mora mais aqui|ela não mora mais aqui|não trabalha mais aqui|não tenho contato com ele|não tenho mais contato com ela|sou ex mulher dele|é meu ex
ex marido|sou a ex|aqui é da padaria|aqui é uma loja|número novo|pessoa errada|não sou eu, é engano|não, número errado|contato errado|numero erado|não é mais esse número
""",
    "not_here": """
sou a mãe dele|sou a mãe|sou o pai dela|sou a esposa|sou esposa dele|sou o marido|sou marido dela|sou filha|sou a filha dela|sou o filho|sou irmã dele
aqui é a esposa|aqui é a mãe dele|aqui é o filho|é minha mãe|é meu marido|é o meu pai|é da minha mãe|esse é o celular da minha filha|sim, é minha esposa
não, sou a mãe dele|não, sou filho|não está aqui|nao ta aqui|ele não está|ela não está|não está|ela saiu|ele viajou|ela tá viajando|não se encontra
ele está no trabalho|ela está dormindo|ele tá trabalhando|ela foi trabalhar|ele só chega à noite|ela volta amanhã|ele não pode falar|ela não usa whatsapp
conheço|conheço sim|sim conheço|conheço ela|conhecemos|sou a secretária dele|sou cuidadora dela|sou a vizinha|quer deixar recado?|posso passar o recado
eu dou o recado|vou chamar ela|vou avisar ela|esposa|a mãe dele|filho dela|eu falo por ele|o que quer com ele?|o que deseja com minha mãe?
passo o numero dela|sou neto dela|sou amiga dela|meu marido está no serviço
""",
    "who": """
quem é?|quem é|quem é você?|qm é|kem e|quem fala?|quem está falando?|quem tá falando|quem gostaria?|quem deseja?|quem?|quem seria|golpe|isso é golpe?|é golpe
é golpe né|é fraude?|é vírus|do que se trata?|do que se trata|de que se trata|o que é?|o que é isso?|oq é|oq vc quer|o que você quer?|o que deseja?|o que seria?
o que vocês querem|o que foi?|o que aconteceu?|qual o assunto?|qual é o motivo?|assunto?|motivo?|sobre o que?|sobre?|por quê?|por que quer saber?|pra quê?|como assim?
de onde é?|de onde fala?|de onde vocês são?|de onde tirou meu número?|como conseguiu meu número?|como sei que é verdade?|que empresa?|qual empresa?|qual plano?
não entendi|não sei|não conheço vocês|não conheço essa empresa|é robô?|é cobrança?|você é robô?|vocês são de onde?|?|??|oi|Oi|oi?|olá|bom dia|Boa tarde!|alô|opa
oi tudo bem|ola boa tarde|é do plano?|é verdade?|hein?|com quem falo?|não confio|não acredito|não entendo
""",
    "deceased": """
ele faleceu|ela faleceu|faleceu|Faleceu mês passado|já faleceu|essa pessoa faleceu|meu pai faleceu|minha mãe faleceu em março|ele é falecido|falecida
ele morreu|ela morreu ano passado|infelizmente morreu|a titular morreu|foi a óbito|veio a óbito|ele está morto|não está mais entre nós|ele não está mais entre nós
sou viúva dele|sou a viúva|meu finado marido|ele faleseu|falesceu|não, ele faleceu|sou a filha, ela faleceu|ele faleceu quero cancelar o plano|deus levou
""",
    "hospital": """
estou internado|estou internada|tô internada|to internado|ele está internado|ela tá internada|minha mãe está internada|sou eu mas estou internada|estou no hospital
to no hospital|estou na UTI|ela está na uti|ele está no hospital|fui internada ontem|estou hospitalizado|sou a filha, ela está internada
""",
    "legal": """
vou processar vocês|vou processar|vou te processar|vou no procon|vou ao Procon|procon|vou acionar meu advogado|fale com meu advogado|vou na justiça|vou pra justiça
vou abrir um processo|vou entrar com processo|vou reclamar na ANS|vou fazer boletim de ocorrência|vou na delegacia|quero meus direitos|me processem|reclame aqui
sou advogado dela|vou denunciar vocês|danos morais|parem ou vou processar
""",
    "refuse": """
não quero falar|não quero falar com vocês|não quero conversa|não quero saber|nao quero papo|não vou responder|não vou falar nada|não vou passar meus dados
não tenho interesse|sem interesse|não me interessa|me deixa em paz|me deixem em paz|não quero|não quero não|não quero, obrigado|não falo com robô|não respondo
vai se catar|não enche|não é da sua conta|chega|não vou confirmar nada|não dou meus dados|sim sou eu e não quero falar
""",
    "stop": """
pare|PARE|Pare.|parar|para|sair|SAIR|stop|remover|descadastrar|bloquear|não me mande mais mensagem|nao me manda mais mensagem|não mande mais nada
não me mandem mais mensagens|não me envie mais mensagens|não quero receber mensagens|não quero mais receber mensagem|não quero mais mensagem|remova meu número
remove meu numero|tira meu número daí|tire meu nome da lista|me tira da lista|me remova|pare de me mandar mensagem|para de me ligar|parem de perturbar|não me perturbe
vou te bloquear|vou bloquear|não me incomode|não me ligue mais|apaga meu contato|exclui meu número|pare por favor|não autorizo contato
""",
    "later": """
agora não|agora não posso|agora não dá|não posso falar agora|não posso agora|nao posso agora|não posso falar|não dá pra falar agora|mais tarde|fala comigo mais tarde
outra hora|outro dia|outro horário|depois eu falo|depois eu respondo|depois a gente conversa|daqui a pouco|estou trabalhando|to trabalhando|tô no trabalho|to no serviço
estou dirigindo|tô dirigindo|estou ocupada|estou em reunião|estou na rua|estou na aula|me chama amanhã|me chame depois|liga amanhã|me liga à noite|fala comigo depois das 18
me chama às 15|amanhã|depois|hoje não|só amanhã|só à noite|um momento|espera aí|sim mas agora não posso|sou eu, mas estou trabalhando|sim, me chama mais tarde
não é uma boa hora|sou eu mas não posso falar agora|no momento não posso|no momento não dá
""",
    "auto": """
Mensagem automática|Resposta automática: estou de férias|Agradecemos seu contato|Agradecemos o seu contato! Em breve retornaremos.|Olá! Obrigado por entrar em contato.
No momento não posso atender. Deixe seu recado.|No momento estamos ausentes|Nosso horário de atendimento é de 8h às 18h|Recebemos sua mensagem|Sua mensagem é muito importante para nós
Olá, seja bem-vindo! Como posso ajudar?|Bem vindo à Oficina do Zé|Digite 1 para vendas|Confira nosso catálogo|Retornaremos assim que possível|Retornarei em breve
responderei assim que possível|Olá! Agradecemos a preferência|Entraremos em contato|No momento não estamos disponíveis|estou fora do escritório
""",
    "": """
quero marcar consulta|quero marcar uma consulta|preciso marcar um exame|meu boleto|quero meu boleto|segunda via do boleto|quero a segunda via|atendente|quero falar com atendente
falar com atendente|quero falar com um humano|quero falar com uma pessoa|já paguei|ja paguei isso|paguei ontem|não devo nada|quero negociar|posso parcelar?|quero cancelar o plano
sim quero meu boleto|sim, sou eu, quero marcar consulta|minha carteirinha|perdi a carteirinha|reembolso|quero saber da guia|onde tem dentista?|qual a rede credenciada
preciso de autorização de cirurgia|meu protocolo|menu|desmarcar consulta|ouvidoria|estou internada e preciso de autorização|quero pagar|manda o pix|preciso do comprovante
qual o valor da mensalidade|é sobre a dívida?|ela morreu de rir|trabalho na polícia|123456|meu celular morreu|😂|quero atualizar meu cadastro|incluir dependente|...
""",
}
CASES = [
    (reply, said.strip()) for reply, table in SAID.items() for line in table.splitlines() for said in line.split("|") if said.strip()
]  # fmt: skip


@pytest.mark.parametrize(("reply", "said"), CASES)
def test_an_answer_is_heard_as_what_it_is(reply: str, said: str) -> None:
    assert read_reply(said) == reply


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(CASES) > 400
    assert len(CASES) == len(set(CASES))


@pytest.mark.parametrize("said", ["", "   ", "\n"])
def test_nothing_written_answers_nothing(said: str) -> None:
    assert read_reply(said) == ""


@given(st.text(max_size=80))
def test_any_text_is_read(said: str) -> None:
    read_reply(said)


@given(st.sampled_from(["sim, ", "sou eu, ", "não, ", "oi, ", "quem é? "]),
       st.sampled_from(["ele faleceu", "número errado", "pare de me mandar mensagem", "vou no procon"]))  # fmt: skip
def test_what_weighs_more_is_heard_behind_any_beginning(beginning: str, rest: str) -> None:
    assert read_reply(beginning + rest) == read_reply(rest)


@given(st.sampled_from([said for reply, said in CASES if reply in {"me", "not_me", "stop", "later", "refuse"}]),
       st.sampled_from([str.upper, str.lower, str.capitalize, lambda said: said + "!", lambda said: said + " 🙏"]))  # fmt: skip
def test_capitals_marks_and_pictures_change_nothing(said: str, changed: object) -> None:
    assert callable(changed)
    assert read_reply(changed(said)) == read_reply(said)
