"""How a message sounds: danger, anger at the service, and care that cannot wait. Pure functions over words.

Capitals alone say nothing (many old people write so), and anger at a pain or a football team is none at the plan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from backend.danger import danger_in
from backend.identifiers import plain

Anger = Literal["", "mild", "strong"]

THREATENS = "fala em procurar Procon, ANS, Justiça ou a imprensa"  # why a text is strongly angry
_REPEATED = re.compile(r"([a-z])\1{2,}")

# -- threats: an authority or the law, and that the person goes there

_AUTHORITY = (
    r"(?:procon|reclame ?aqui|consumidor\.gov|ans|agencia nacional de saude|justica|tribunal|juiz(?:ado)?"
    r"|pequenas causas|defensoria|ministerio publico|advogad[oa]s?|delegacia|policia|imprensa|liminar)"
)
_PRESS = r"(?:tv|televisao|imprensa|jornal|jornais|reportagem|redes? sociais|internet)"
_GOES_THERE = (
    r"(?:vou|vo|irei|iremos|vamos|quero|pretendo|(?:to|tou|estou|tamo|estamos) (?:indo|entrando|abrindo|fazendo"
    r"|acionando)"
    r"|ja (?:fui|entrei|abri|acionei|fiz|registrei|procurei|falei|reclamei|denunciei)|procurarei|acionarei|entrarei"
    r"|vai (?:ser|parar|dar)|levo|levar|denuncio|denunciar|so resolve|resolver|terei|(?:vou|vo) ter que)"
)
_THREAT = re.compile(
    rf"\b{_GOES_THERE}\b(?:\W+\w+){{0,6}}?\W+{_AUTHORITY}\b|\b(?:caso de|ver voces n[ao]|nos vemos n[ao]"
    rf"|te vejo n[ao]) {_AUTHORITY}\b"
    r"|\b(?:vou|vo|irei|quero|pretendo|vamos) (?:te |lhe |ter que )?(?:processar|denunciar|meter (?:um )?processo)\b"
    r"|\b(?:meto|metendo|entro com|entrando com|entrar com|abrir|abro) (?:um |uma |com )?(?:processo|acao judicial"
    r"|acao na justica)\b"
    rf"|\b(?:se nao|senao|caso contrario|ou)\b(?:\W+\w+){{0,8}}?\W+(?:procon|reclame ?aqui|processo|justica|ans"
    rf"|advogad[oa])\b"
    r"|\bmeu advogado (?:vai|ja|entra)\b|\b(?:reclamacao|denuncia|queixa) n[ao] (?:procon|ans|reclame ?aqui"
    r"|consumidor)\b"
    r"|\b(?:procon|reclame ?aqui)\b|\b(?:a ans|justica) (?:vai|ja|fica|sabera)\b|\bja (?:coloquei|botei|pus"
    r"|levei) (?:\w+ )?na justica\b"
    r"|\b(?:atras|procurar|correr atras|exigir) (?:d?os )?meus direitos\b"
    r"|\b(?:expor|divulgar|botar|boto|colocar|jogar|levar|levo|por|denunciar) (?:(?:voces|vcs|isso|isto|tudo"
    r"|ess[ea] \w+"
    rf"|o (?:meu )?caso|minha historia|a reclamacao) ){{1,2}}(?:\w+ ){{0,3}}?{_PRESS}\b"
    r"|\b(?:botar|boto|colocar|jogar|levar|levo|chamar|chamo|acionar|procurar|sair|postar|expor|divulgar"
    r"|aparecer) (?:tudo )?"
    rf"(?:(?:n|pr)?[ao]s? |para [ao]s? |em )?{_PRESS}\b(?! (?:banking|gratis))"
)
_NO_THREAT = re.compile(
    r"\b(?:nao (?:quero|vou|pretendo|queria|preciso)|sem (?:precisar|ter)|nem (?:quero|vou))\b(?:\W+\w+){0,4}?\W+"
    rf"(?:{_AUTHORITY}|processar|denunciar|processo)\b"
    rf"|\b(?:saber|ver|entender|conferir|consultar)(?: \w+){{0,6}}? {_AUTHORITY}\b(?!.*\b(?:reclam|denunc|process))"
    r"|\b(?:autorizad|aprovad|definid|regulad|permitid|determinad|fixad|divulgad|registrad|liberad"
    r"|anunciad)[oa]s? (?:\w+ )?"
    r"(?:pel[oa]|n[ao]|d[ao]) ans\b|\b(?:regras?|normas?|rol|tabela|indice|lei|resolucao|numero|codigo|site|teto"
    r"|percentual"
    r"|reajuste) d[ao] ans\b"
    rf"|\b(?:onde|aonde|qual|quais) (?:fica|ficam|e|eh|sao|tem|acho|encontro)?(?: \w+){{0,3}}? {_AUTHORITY}\b"
    r"|\badvogad[oa]s? (?:me |dela |dele |da familia )?(?:pediu|pede|ta pedindo|precisa|solicitou)\b"
    r"|\b(?:para|pra) (?:\w+ )?(?:levar|apresentar|entregar|usar|juntar|mostrar|anexar|enviar"
    r"|mandar) (?:\w+ )?(?:n[ao]|ao?"
    rf"|pr[ao]|para [ao]) (?:\w+ )?{_AUTHORITY}\b(?!.*\bcontra\b)"
    r"|\b(?:rua|r|av|avenida|travessa|praca|alameda|bairro|edificio|condominio|conjunto"
    r"|ed)\.? (?:\w+ ){0,2}?(?:d[aoe]s? )?"
    r"(?:justica|tribunal|imprensa|jornal\w*|policia|delegacia|defensoria|televisao)\b"
    r"|\bprocesso (?:de |do |da |para |pra )(?:\w+ ){0,2}?(?:troca|reembols\w+|inclu\w+|transfer\w+|cancel\w+"
    r"|mudanca|adesao"
    r"|alter\w+|autoriz\w+|portabilidade|inscricao|matricula|divorcio|inventario|adocao|contratacao|credenciamento)"
    r"|\bprocesso (?:seletivo|de autorizacao|de adocao)\b|\bregistro (?:n[ao]|da) ans\b|\b(?:sou|trabalho|filh[oa]"
    r"|esposa|marido)"
    r"(?: \w+){0,4} (?:advogad[oa]|policia|tribunal|justica|juiz|procon|ans|tv|jornal)\b|\bjustica (?:d[eo] (?:deus"
    r"|trabalho)|gratuita)\b"
    r"|\b(?:delegacia|policia|boletim)\b(?=.*\b(?:roub|furt|assalt|perdi))|\b(?:roub|furt|assalt"
    r"|perdi)\w*.*\b(?:delegacia|policia)\b"
)

# -- insults at the service, and contempt for it

_SERVICE = r"(?:voces|vcs|vc|plano|convenio|empresa|operadora|atendimento|atendentes?|servico|suporte|robo|central)"
_IT = r"(?:isso|isto|gente|povo|cambada|bando|sistema)"
_CURSE = (
    r"(?:lixo|merda|bosta|porcaria|palhac\w*|incompeten\w*|ladr(?:ao|oes|a)|bandidos?|picaret\w*|golpistas?"
    r"|pilantr\w*"
    r"|safad\w*|irresponsave\w*|canalhas?|vagabund\w*|nojent\w*|roubo|vergonh\w*|sem vergonhas?|caloteir\w*"
    r"|mentiros\w*"
    r"|filh[oa]s? d[ae] (?:uma )?puta|fdp|arrombad\w*|desgracad\w*|escrot\w*|imbec\w+|idiotas?|otari\w*|inutei?s?"
    r"|inutil)"
)
_INSULT = rf"(?:{_CURSE}|ridicul\w*|pessim\w*|horrivel|horrorosos?|droga)"
_BETWEEN = (
    r"(?:\W+(?:de|do|da|e|eh|sao|um|uma|uns|tudo|so|mesmo|muito|aqui|ai|de voces|saude|plano|desse|dessa|esta|ta"
    r"|completo"
    r"|total|verdadeir[oa])){0,4}"
)
# 'essa merda de celular' is none of us.
_OF_OTHERS = (
    r"(?! (?:de|d[oa]) (?!plano|convenio|empresa|operadora|atendimento|servico|robo|suporte|sistema|voces|saude|app))"
)
_CONTEMPT = re.compile(
    rf"\b{_SERVICE}\b{_BETWEEN}\W+{_INSULT}\b|\b{_IT}\b{_BETWEEN}\W+{_CURSE}\b{_OF_OTHERS}"
    r"|\b(?:v(?:ai|ao) (?:todos? )?(?:tomar (?:bem )?no (?:seu )?cu|se (?:foder|fuder|fude|fode|ferrar|lascar)"
    r"|pra puta)|vtnc"
    r"|vtmnc|vsf|fdp|vai a merda)\b"
    r"|\b(?:vou|vo|quero|vontade de) (?:(?:ai|la|ir ai|passar ai) )?(?:e )?(?:quebrar|quebra|arrebentar) (?:tudo"
    r"|(?:ess[ea]|a)"
    r" (?:porta|clinica|central|loja|cara de))\b|\b(?:quebrar|arrebentar) a cara (?:de|d[oa]|desse"
    r"|dessa) (?:voces|vcs|um|atendente"
    r"|moc[oa]|gerente|medic[oa])\b"
    rf"|\b(?:{_INSULT}) (?:de|desse|dessa|d[oa]) (?:plano|convenio|empresa|operadora|atendimento|servico|robo"
    rf"|suporte|sistema)\b"
    r"|\b(?:palhacada|falta de (?:respeito|vergonha)|desrespeito|um descaso|que descaso|incompetencia|cambada"
    r"|bando de (?:incompet|ladr|palhac|picaret|irrespons|vagabund|inutei|safad|mentir|golpist|bandid|pilantr)\w*"
    r"|sem vergonhice|safadeza|picaretagem|(?<!sem )(?<!quero )(?<!chega de )enrolacao|me enrolando|enrolad[oa] por"
    r"|jogo de empurra|(?:to|tou"
    r"|estou|ta"
    r"|tao|sendo)"
    r" (?:sendo )?(?:feit[oa] )?de (?:palhac[oa]|trouxa|idiota)|me fazendo de \w+|(?:brincando"
    r"|brincadeira) com a minha (?:cara|saude)"
    r"|(?:ta|tao|estao) (?:de|me) (?:sacanagem|sacaneando|zoando|roubando)|empurra(?:ndo|m) (?:de um|com a barriga"
    r"|pra outro)"
    r"|vao (?:se ferrar|a merda|pro inferno|se lascar|tomar)|pior (?:plano|convenio|atendimento|servico)"
    r"|so sabem? cobrar"
    r"|so servem? pra cobrar|me roubando|roubam a gente|desaforo|(?:ser|sendo|fui|sou) (?:muito "
    r"|tao )?(?:mal ?(?:atendid|tratad|trat)[oa]|maltratad[oa])(?! (?:pel[oa]|n[oa]|por)s? (?:\w+ )?(?:doutora?"
    r"|dra?|medic\w*|dentista"
    r"|clinica|hospital|laboratorio|consultorio|enfermeir\w*|recepc\w*|psicolog\w*|fisio\w*|upa|pronto))"
    r"|me respeit[ae]m?"
    r"|(?:voces|vcs|isso) (?:e|eh|sao|ta) (?:uma |so )?piada|ninguem (?:aqui |ai )?presta|so (?:me )?enrolam?"
    r"|enrolam a gente|me tratam?"
    r" (?:igual|como|feito|que nem)|(?:desligaram|bateram o telefone|riram) na minha cara)\b"
)

# -- asked again and again, and nobody helps

_MANY = (
    r"(?:terceira|quarta|quinta|sexta|setima|oitava|nona|decima|enesima|milesima|trocentesima|[3-9][ao]?"
    r"|[1-9]\d+[ao]?)"
)
_MANY_TIMES = (
    r"(?:tres|quatro|cinco|seis|sete|oito|dez|varias|diversas|inumeras|muitas|mil|trocentas|umas \w+|[3-9]|[1-9]\d+)"
)
_ASKED = (
    r"(?:pec\w+|pedi\w*|lig\w+|fal\w+|mand\w+|reclam\w+|tent\w+|escrev\w+|entr\w+|solicit\w+|venho|vim|procur\w+"
    r"|cobr\w+|explic\w+"
    r"|chamei|chamo|insist\w+)"
)
_ASKED_BEFORE = (
    r"(?:pedi|liguei|falei|mandei|reclamei|tentei|escrevi|entrei|solicitei|vim|procurei|cobrei|expliquei|chamei"
    r"|insisti|perguntei|avisei)"
)
_AGAIN = re.compile(
    rf"\b{_MANY} (?:vez|mensagem|ligacao|tentativa|reclamacao)(?: so hoje| hoje"
    rf"| essa semana)?(?: (?:em )?que)?(?: eu| a gente)?\b(?! vou)"
    rf"(?=.{{0,12}}\b{_ASKED})|\b{_ASKED}(?: \w+){{0,6}}? (?:pela|por|de) {_MANY} vez\b"
    rf"|\b(?:ja )?{_ASKED_BEFORE}(?: \w+){{0,4}}? {_MANY_TIMES} vezes\b(?! (?:por|ao|na|no|a cada)\b)"
    rf"|\b{_MANY_TIMES} vezes (?:que )?(?:eu )?(?:ja )?{_ASKED}"
    rf"|\be a {_MANY} vez\b(?=.{{0,60}}\b(?:pec|pedi|lig|fal|reclam|tent|cobr|mesm|assunto|problema))"
)
# Who tries a page several times has trouble with it, not with us.
_TRIED_A_PAGE = re.compile(
    r"\bvez que (?:eu )?(?:tento|tentei)(?=.{0,60}\b(?:app|aplicativo|site|portal|senha)\b)|"
    r"\b(?:tent\w+|entr\w+|mand\w+)(?: \w+){0,6}? vezes(?=.{0,40}\b(?:app|aplicativo|site|portal|senha|login|link"
    r"|pagina|codigo"
    r"|abr\w+|carreg\w+|baix\w+))|\b(?:app|aplicativo|site|portal|codigo|sms)\b.{0,40}\b(?:tent\w+"
    r"|entr\w+)(?: \w+){0,4}? vezes"
)
_NOBODY = re.compile(
    r"\bningue?m (?:me |nos |nunca |sabe |consegue |quer |mais |ai )*(?:resolv\w+|faz nada|se importa|ajuda"
    r"|(?:da|deu|dao) (?:uma |um |nenhuma )?(?:resposta|solucao|retorno|posicao))\b"
    r"|\bningue?m (?:me |nos |mais |ai )*(?:responde|atende|retorna|ajuda|explica)\w* (?:nunca|nada|mais|ninguem)\b"
    r"|\b(?:voces|vcs) nunca (?:\w+ )?(?:resolv\w+|fazem nada|respondem|atendem|ajudam|dao (?:uma )?(?:resposta"
    r"|solucao))\b"
    r"|\b(?:voces|vcs) (?:nao|num) (?:\w+ )?(?:(?:resolv\w+|respondem|ajudam) (?:nada|ninguem|nunca)|fazem nada"
    r"|atendem (?:o telefone|as ligacoes|ligacao|ninguem|a gente|nunca|nada))\b"
    r"|\b(?:voces|vcs) (?:nao|num) (?:\w+ )?(?:resolv\w+|respondem|atendem(?= *(?:$|[.,!]))|ajudam"
    r"|dao (?:uma )?(?:resposta"
    r"|solucao))\b(?![^.!?]*\?)"
)
# 'Não aguento mais isso' may be a pain: it is us where a word of ours follows.
_OURS = (
    r"(?:plano|convenio|atendimento|voces|vcs|espera|enrolacao|demora|cobranca|boleto|central|ligac\w+|robo|descaso"
    r"|burocracia|empresa|operadora|autorizac\w+|guia|palhacada)"
)
_NOT_OURS = (
    r"(?! com (?:[oa]s? )?(?:meus?|minhas?|men|filh|vizinh|chefe|net[oa]|marid|espos|sogr|trans|ess[ea] (?:men"
    r"|crian)))"
)
_FED_UP = re.compile(
    r"\b(?:cansei|cansad[oa]|canseira|de saco cheio|saco cheio|fart[oa]|exaust[oa]) (?:de |com "
    r"|d[oae]ss?[ea]s? |desse |dessa |d[oa] |de tant[oa] |de ser )?"
    r"(?:\w+ )?(?:descaso|espera|enrolacao|voces|vcs|ligar|esperar(?! (?:o|um|meu|minha) (?:bebe|filh|nenem|net))"
    r"|pedir|reclamar"
    r"|falar|tentar(?! (?:engravid|emagrec|dormir|parar|ter|ser|perder|melhorar|me|viver|andar))|ser enrolad[oa]"
    r"|plano"
    rf"|atendimento|convenio|palhacada|mandar|desculpas?|correr atras)\b{_NOT_OURS}"
    r"|\bnao aguento mais (?:voces|vcs|esperar|ligar|pedir|reclamar|esse (?:plano|atendimento)|tanta"
    rf"|(?:isso|ess[ea]|est[ea])(?=.{{0,30}}\b{_OURS}\b))\b"
    rf"|\b(?:cansei|cansad[oa]) disso\b(?=.{{0,40}}\b{_OURS}\b)"
    rf"|\b(?:perdi|perdendo|acabou|esgotou|passou) (?:a |minha |a minha )?paciencia\b{_NOT_OURS}"
    r"|\bpaciencia (?:acabou|esgotou"
    r"|tem limite)\b"
    r"|\b(?:to|tou|estou|fiquei) (?:muito |super |bem |extremamente |pra la de )*(?:revoltad[oa]|indignad[oa]"
    r"|put[oa] da vida|furios[oa]|possess[oa])\b"
    rf"{_NOT_OURS}"
)
_MILD = re.compile(
    r"\b(?:que saco|absurdo|absurda|chatead[oa]|decepcionad[oa]|decepcao|poxa|puxa vida|pelo amor de deus|que droga"
    r"|que raiva|raiva"
    r"|irritad[oa]|irritante|brav[oa] com|nervos[oa] com|ninguem merece|haja paciencia|paciencia viu|porra|caralho"
    r"|merda|inferno|cacete|puta que pariu|pqp|ridicul[oa]|porcaria"
    r"|segunda vez que|duas vezes|2 vezes|ate agora nada|e nada|nada ainda|nenhuma resposta|ninguem (?:me |nos "
    r"|mais |ai )?(?:respond|explic|retorn|atend|avis|fal|sabe|marc|mand)\w*|demora(?:ndo"
    r"|da)? (?:demais|muito)|muita demora"
    r"|uma demora|que demora|complicado (?:isso|voces|falar)|dificil (?:falar|conseguir)|de novo isso"
    r"|de novo esse problema|toda vez isso"
    r"|todo mes (?:e )?(?:isso|a mesma coisa)|aff+e?|affs|insatisfeit[oa]|transtorno|vergonha|descaso"
    r"|pessim[oa] atendimento)\b"
)
_NO_MILD = re.compile(
    r"\b(?:vergonha de (?:perguntar|falar|dizer|ir|mostrar)|tenho vergonha|com vergonha|raiva (?:do cachorro|de gato"
    r"|humana|canina)"
    r"|vacina (?:da|de|contra) (?:a )?raiva|nao (?:to|estou|fiquei) (?:\w+ )?(?:irritad[oa]|chatead[oa])"
    r"|duas vezes (?:por|ao|na|no) |2 vezes (?:por|ao|na|no) "
    r"|que vergonha,? (?:esqueci|perdi|errei)|morr\w+ de vergonha|(?:duas|2) vezes.*\bdesculp\w*"
    r"|(?:que )?droga,? (?:perdi|esqueci|errei))"
)

# -- care that cannot wait

_SOON = (
    r"(?:hoje|amanha|depois de amanha|agora|essa semana|esta semana|nessa semana|nesta semana|segunda|terca|quarta"
    r"|quinta|sexta"
    r"|sabado|domingo|dia \d+|em \d dias|daqui a \d dias|de manha|daqui a pouco)"
)
_OPERATION = (
    r"(?:cirurgias?|operacao|operar|opera|operad[oa]|procedimento|cateterismo|angioplastia|cesarea"
    r"|cesariana|biopsia|transplante)"
)
_BLOCKED = (
    r"(?:(?:nao|num|nunca|nem|ainda nao|sem) (?:\w+ ){0,3}?(?:autoriz\w+|liber\w+|aprov\w+|resposta|senha|guia|saiu"
    r"|sairam|respond\w+)"
    r"|neg(?:ad[oa]s?|aram|ou|ando)|recus(?:ad[oa]s?|aram|ou)|barra(?:ram|d[oa]s?)|cad[ee] a (?:autorizacao|guia"
    r"|senha|liberacao)"
    r"|(?:esper|aguard)\w+ (?:\w+ ){0,4}?(?:autoriz\w+|liber\w+|guia|senha|aprov\w+|resposta)|(?:falt|trav|pend"
    r"|par)\w* (?:\w+ ){0,3}?"
    r"(?:autoriz\w+|liber\w+|guia|senha)|autoriz\w+ (?:\w+ ){0,3}?(?:parad[oa]|travad[oa]|pendente|presa|atrasad[oa])"
    r"|(?:precis\w+|querendo|quero) (?:\w+ ){0,4}?(?:autoriz\w+|liber\w+|senha)|em analise|em auditoria"
    r"|(?:esper|aguard)\w+ (?:\w+ ){0,3}?(?:vaga|leito|transferencia|remocao)|morr\w+ esperando)"
)
_BLOCK, _OPERATED, _NEAR = (re.compile(rf"\b{words}\b") for words in (_BLOCKED, _OPERATION, _SOON))
_IN_HOSPITAL = re.compile(r"\b(?:internad[oa]s?|internou|internaram|uti|cti|hospitalizad[oa]|leito|semi ?intensiva)\b")
_TREATMENT = re.compile(
    r"\b(?:quimio\w*|radioterapia|hemodialise|dialise|imunoterapia|oncolog\w+|cancer|tumor|transplante|oxigenio"
    r"|home ?care|hemofilia)\b"
)
_STOPPED = re.compile(
    r"\b(?:parad[oa]s?|parou|pararam|suspens[oa]s?|suspendeu|suspenderam|interromp\w+|atrasad[oa]s?|atrasando"
    r"|adiad[oa]s?|cortaram|vencid[oa]|venceu"
    r"|perd(?:er|endo|eu|i) (?:a |o )?(?:sessao|ciclo|dose))\b"
)
_FRAGILE = re.compile(
    r"\b(?:gestante|gravida|gravidez|gestacao|parto|pre ?eclampsia|bebes?|recem[ -]?nascid[oa]s?|prematur[oa]s?|nenem"
    r"|(?:3\d|4[0-2]) semanas|contrac(?:ao|oes)|bolsa (?:estourou|rompeu))\b"
)
_URGENT = re.compile(
    r"\b(?:urgent\w*|urgencia|emergencial|urge|nao (?:pode|da (?:pra|para)|posso|podemos) esperar"
    r"|corre(?:ndo)? (?:serio |grave )?risco"
    r"|risco de (?:vida|morte|perder)|(?:caso|estado|quadro) (?:\w+ ){0,2}?grav(?:e|issimo)|muito grave|piorando"
    r"|entre a vida|vida ou morte|p(?:ra|ara)? ontem|imediat[oa]|pode (?:morrer|perder))\b"
)
_CARE = re.compile(
    r"\b(?:cirurgi\w+|operacao|operar|exames?|ressonancia|tomografia|biopsia|cateterismo|angioplastia|procedimentos?"
    r"|internacao|autoriza\w*"
    r"|guias?|senha(?! d[oe] (?:app|aplicativo|portal|site|cartao|e ?mail))|hospital|maternidade|quimio\w*"
    r"|radioterapia|hemodialise|protese|stent|opme|marca ?passo|cesarea|uti|home ?care|pet ?(?:scan|ct)|endoscopia"
    r"|colonoscopia|liberacao|liberar(?:em)?|transfer\w+ (?:de|para|pra) (?:hospital|uti|outro hospital))\b"
)
_NOT_URGENT = re.compile(
    r"\b(?:nao (?:e|eh|tem|ha|tenho|tinha) (?:\w+ )?(?:urgent\w*|urgencia|pressa)|sem (?:urgencia|pressa)"
    r"|nada urgente|urgencia nenhuma|urgen(?:te|cia) nao"
    r"|ja (?:foi|foram|esta|ta|estao|saiu|tinha sido) (?:\w+ )?(?:autoriz\w+|liber\w+|aprov\w+)|deu tudo certo"
    r"|resolvido|teve alta|tive alta"
    r"|ja (?:teve|recebeu) alta|remarcar? (?:a |minha )?consulta)\b"
)
# 'o plano cobre urgência?', 'carência pra urgência', 'onde tem pronto atendimento de urgência': a question, no need.
_ABOUT_RULES = re.compile(
    r"\b(?:cobre|cobertura|carencia|tem direito|urgencia e emergencia|atendimento de urgencia|pronto[ -]?(?:socorro"
    r"|atendimento)|quanto tempo)\b"
)
# What waits here is no care, whatever a long story tells beside it.
_NEVER_CARE = frozenset(
    {
        "find_provider", "leave_plan", "invoice_copy", "ask_debt", "negotiate_debt", "report_payment", "dispute_charge",
        "member_card", "update_registration", "change_holder", "coming_of_age", "list_appointments",
    }
)  # fmt: skip
# What waits here is care, whether it is named again or not: 'é urgente' beside it is enough.
_CARE_ITSELF = frozenset({"request_procedure", "procedure_status"})
_IN_A_TERM = re.compile(r"\bimediat[oa]\b")  # 'reconstrução imediata da mama'
# A consultation that is wanted, moved or given up is urgent to many; it is the desk's only where the plan blocks it.
_SELDOM_CARE = frozenset({"schedule_appointment", "reschedule_appointment", "cancel_appointment"})


@dataclass(frozen=True, slots=True)
class Tone:
    """How a message sounds. `why_angry`, `why_urgent`, `why_danger`: words for the attendant, empty where nothing is.

    Danger leaves no room for the others: where `why_danger` stands they are empty.
    """

    anger: Anger = ""
    why_angry: str = ""
    why_urgent: str = ""
    why_danger: str = ""

    @property
    def at_once(self) -> bool:
        """Whether a person goes on from here, before others in the queue."""
        return self.anger == "strong" or bool(self.why_urgent or self.why_danger)


def judge(text: str) -> Tone:
    """Danger, anger at the service and urgent care in a text; nothing of them is an empty `Tone`.

    Where it is known what the text asks for, `tone_for` knows more.
    """
    said = _folded(text)
    danger = danger_in(said)
    if danger:
        return Tone(why_danger=danger)
    why = _anger(said)
    mild = bool(_MILD.search(_NO_MILD.sub(" ", said)))
    return Tone("strong" if why else "mild" if mild else "", why, _urgency(said))


def tone_for(intent: str, text: str, *, pending: str = "") -> Tone:
    """The tone of a text that was understood as `intent`, while the request `pending` is worked through, if any.

    What is no care is not urgent in the desk's sense: 'é urgente, preciso da guia pra pagar hoje'. In an appointment,
    and in what is said beside a `pending` request that is no care, only care that the plan blocks is. Beside a request
    for a procedure 'é urgente' alone is.
    """
    tone = judge(text)
    if pending in _CARE_ITSELF and not tone.why_danger and intent not in _NEVER_CARE | _SELDOM_CARE:
        return replace(tone, why_urgent=tone.why_urgent or _urgent_alone(_folded(text)))
    if intent in _NEVER_CARE:
        return replace(tone, why_urgent="")
    if {intent, pending} & (_NEVER_CARE | _SELDOM_CARE) and not _BLOCK.search(_folded(text)):
        return replace(tone, why_urgent="")
    return tone


def _folded(text: str) -> str:
    return _REPEATED.sub(r"\1", plain(text).replace("*", ""))


def _anger(said: str) -> str:
    """Why a folded text is strongly angry, for the attendant."""
    if _THREAT.search(_NO_THREAT.sub(" ", said)):
        return THREATENS
    if _AGAIN.search(_TRIED_A_PAGE.sub(" ", said)):
        return "diz que já pediu várias vezes"
    if _NOBODY.search(said):
        return "diz que ninguém resolve"
    if _CONTEMPT.search(said):
        return "ofende o atendimento"
    return "perdeu a paciência com o atendimento" if _FED_UP.search(said) else ""


def _urgent_alone(said: str) -> str:
    """Why a request for a procedure cannot wait, by a folded text that need not name it."""
    questions = _NOT_URGENT.search(said) or _ABOUT_RULES.search(said)
    return "pedido urgente de procedimento" if _URGENT.search(_IN_A_TERM.sub(" ", said)) and not questions else ""


def _urgency(said: str) -> str:
    """Why the care that a folded text asks for cannot wait; the first of these that holds."""
    if _NOT_URGENT.search(said):
        return ""
    blocked, urgent, stopped = _BLOCK.search(said), _URGENT.search(said), _STOPPED.search(said)
    asks_rules = _ABOUT_RULES.search(said)
    reasons = (
        (_IN_HOSPITAL.search(said) and (blocked or urgent) and not asks_rules, "pessoa internada à espera"),
        (blocked and _OPERATED.search(said) and _NEAR.search(said), "cirurgia próxima sem autorização"),
        (
            _TREATMENT.search(said) and (stopped or urgent or blocked) and not asks_rules,
            "tratamento que não pode parar",
        ),
        (
            _FRAGILE.search(said) and _CARE.search(said) and (blocked or urgent) and not asks_rules,
            "gestante ou bebê à espera de autorização",
        ),
        (urgent and _CARE.search(said) and not asks_rules, "pedido urgente de procedimento"),
    )
    return next((why for holds, why in reasons if holds), "")
