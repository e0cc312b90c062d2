"""Danger in plain words: who thinks of dying, violence, a threat to others, somebody who needs SAMU now. Pure.

'Morrendo de saudade', 'me matando de trabalhar' and 'meu plano morreu' are figures of speech, and so is nearly all
that comes with laughter; what is long over, and a question about coverage, is no danger either.
"""

from __future__ import annotations

import re

# Why, in words for the attendant. Each calls for another number beside 192.
LIFE = "fala em morrer ou em se machucar"
HOME = "relata violência em casa"
THREAT = "fala em violência ou em ameaça"
NOW = "alguém corre perigo agora"

_LAUGHS = re.compile(r"(?:\bk+\b|\b(?:rs)+\b|\bhua\w*|\b(?:ha|he){2,}|[😂🤣😅😆])")
# -- the wish to die and to hurt oneself, of who writes

_PLAIN_END = (
    r"(?! (?:(?:d[aeo]s?(?! (?:vez|verdade|uma vez|novo)\b)|n[aeo]s?s?[aeo]?|nest[ea]|nisso|em|com|sem|aqui|ai|la"
    r"|sos?|sozinh[oa]"
    r"|longe|viajando|pagando|correndo|esperando|trabalhando|estudando|doente|dess[ea]|tao)\b|(?:tranquil|bem"
    r"|melhor)))"
)
_WANT = (
    r"(?:vou|vo|irei|quero|queria|querendo|pretendo|decidi|resolvi|prefiro|preferia|melhor(?: eu)?|ia"
    r"|(?:penso|pensei|pensando|pensado|penso sempre|falo) em"
    r"|(?:vontade|ideia|perto|coragem|a ponto|capaz) de|tentei|tentando|estou quase|to quase)"
)
_NO_WISH = r"(?<!nao )(?<!nunca )(?<!nem )"
_LIFE_SELF = re.compile(
    rf"\b{_NO_WISH}{_WANT} (?:ate |mesmo |eu )?m[ei]m? (?:matar|mato)\b(?! (?:de (?!vez|verdade|uma vez|novo)"
    r"|trabalhando"
    r"|estudando|correndo|malhando|n[ao] |tanto|com |(?:pra|para) (?!acabar|parar|nao|sumir|descansar)))"
    r"|\b(?<!nao )(?<!nem )(?:quero|queria|querendo|(?:vontade|desejo) de|(?:penso|pensei|pensando"
    r"|pensado) (?:muito )?em"
    r"|prefiro|preferia|era melhor(?: eu)?|e melhor(?: eu)?|melhor eu|so penso em) (?:so |ate |mesmo "
    r"|logo )?(?:morrer"
    r"|(?:estar|ta|ter) mort[oa]|ter morrido)\b"
    r"(?! (?:d[eao]s?(?! (?:vez|verdade|uma vez))|velh\w*|velinh\w*|com|sem|longe|quando|a (?:ter|pagar|ligar"
    r"|voltar)|do que"
    r"|que|esperando|n[ao] (?:fila|praia|minha|casa)|em casa|dormindo)\b)"
    r"|\b(?:tirar|tiro|tirando) (?:a )?(?:minha|propria|minha propria) (?:propria )?vida\b"
    rf"|\b{_WANT} (?:(?:acabar|terminar) com (?:a )?minha (?:propria )?vida|(?:dar|por|colocar) (?:um )?fim (?:a"
    r"|na|n?a minha|em"
    r" minha|em mim|n?a minha propria)(?: vida)?)\b"
    rf"|\bnao (?:quero|consigo|aguento|vou|da pra|posso|suporto) (?:mais )?viver(?: mais\b|\b(?! mais)){_PLAIN_END}"
    rf"|\b(?:cansei|cansad[oa]|cansada ja|desisti|de saco cheio|fart[oa]) de viver\b{_PLAIN_END}"
    r"|\b(?:cansei|cansad[oa]|desisti) d(?:a|essa|esta) vida\b(?! (?:de|d[oa]|que|n[oa]|corrida|em|sem|financeira"
    r"|com)\b)"
    r"|\bnao aguento mais (?:ess?a|esta|a minha|minha|a) vida\b(?! (?:de|d[oa]|que|n[oa]|corrida|em|sem|com)\b)"
    r"|\bnao (?:vejo|tem|tenho|acho|encontro|vale|ha) (?:mais )?(?:\w+ )?(?:sentido|vontade|motivo|razao|graca|pena)"
    r" (?:de |pra |para |em |n?a )?(?:viver|vida|continuar viv[oa])\b(?! (?:aqui|nes|com|em|na|no|de)\b)"
    r"|\b(?:a|minha) vida (?:nao (?:tem|faz) (?:mais )?sentido|perdeu o sentido|acabou pra mim)\b"
    r"|\bsumir (?:des[st]e|do) mundo\b|\b(?:ninguem|nem vao|nao vao) (?:vai |iria )?sentir (?:a )?minha falta\b"
    r"|\b(?:melhor|feliz|felizes) sem mim\b"
    rf"|\b(?:{_WANT}|to|tou|estou|fico|comecei a|voltei a) (?:eu )?m[ei]m? (?:(?:cortar|cortando)(?! (?:o |d[oa] "
    r"|cabelo|unha))"
    r"|(?:machucar|machucando|ferir|ferindo|mutilar|mutilando)(?! (?:n[ao]|com|jogando|treinando)\b)"
    r"|(?:enforcar)(?! (?:n[ao]s?|de|em|com|financeir\w*)\b)|envenenar)\b"
    rf"|\b{_WANT} (?:me jogar|pular|me atirar) (?:d[aeo] (?:ponte|predio|janela|sacada|viaduto|varanda|laje"
    r"|\w+ andar)|n?a"
    r" frente d|(?:em|de)baixo d|na linha|da ponte)"
    r"|\bfazer (?:algum |um )?mal (?:a|pra|para|comigo) ?(?:mim|eu)? ?mesm[oa]\b|\bme automutil\w+"
)
# -- the same of somebody else, and what was done

_LIFE_TOLD = re.compile(
    r"\b(?:juntei|separei) (?:tod[oa]s )?(?:os |meus )?(?:remedios|comprimidos)\b.{0,50}\b(?:tomar|desculp\w+"
    r"|descansar)\b|"
    r"\b(?:vai|quer|querendo|tentou|tentando|ameac\w+|fal\w+ (?:em|que (?:vai|quer))|(?:disse|diz"
    r"|dizendo) que (?:vai|quer|ia)"
    r"|pensa em|pensando em|jurou|medo (?:dele|dela|que \w+)) (?:ir |de )?se (?:matar|mate|suicidar|enforcar"
    r"|jogar da)\b"
    r"(?! (?:de (?!vez|verdade|novo)|trabalhando|estudando|pra|para|tanto))"
    r"|\b(?:(?:ele|ela|filh[oa]|neta|neto|mae|pai|irma|irmao|marido|esposa|menin[oa]|sobrinh[oa]) (?:\w+ ){0,3}?)"
    r"(?:ta|esta|fica|vive|anda) se (?:cortando|mutilando|machucando)\b"
    r"|\b(?:(?:diz|disse|fala|falou|dizendo|falando)(?: \w+)? que (?:quer|queria|vai|prefere)"
    r" (?:morrer|sumir do mundo|tirar a (?:propria )?vida))\b(?! (?:de|d[oa]|em casa)\b)"
    r"|\b(?:cort(?:ei|ou|ando)|abriu) (?:os |um dos )?(?:dois )?pulsos?\b|\bpulsos? cortados?\b"
    r"|\b(?:(?:dar|deu) cabo da (?:propria )?(?:vida|existencia)|(?:vai|quer|ameaca\w*) (?:se jogar"
    r"|pular) d[aeo] (?:ponte|predio|viaduto"
    r"|janela|sacada))\b|\bno parapeito\b|\b(?:dormir|deitar) e nao acordar (?:nunca )?mais\b"
    r"|\b(?:tentativa de|tentou o?|tentei|cometer|penso em|pensando em|pensamentos? (?:de )?|ideac\w+|ideias?"
    r"|risco de|vou)"
    r" ?(?:me |se )?(?:suicid\w+|automutil\w+)"
    r"|\b(?:tomei|tomou|engoli|engoliu|bebi|bebeu) (?:tod[oa]s? (?:\w+ ){0,2}?|(?:um monte|uma porcao"
    r"|um punhado) de (?:\w+ )?"
    r"|muitos |(?:a|uma|duas) (?:cartela|caixa)s?(?: inteiras?)? (?:tod[ao] )?de )(?:remedios?|comprimidos?"
    r"|calmantes?|rivotril)"
    r"|\b(?:tomei|tomou) (?:veneno|chumbinho)\b|\boverdose\b"
)
# -- violence and threats

_KIN = (
    r"(?:marido|esposo|ex(?: ?-?marido| ?-?namorado| ?-?mulher| ?-?companheiro)?|companheir[oa]|namorad[oa]"
    r"|padrasto|madrasta"
    r"|pai|mae|irmao|irma|filho|filha|cunhado|genro|sogro|neto|tio|mulher|esposa|cuidadora?)"
)
_WHO = rf"(?:{_KIN}|ele|ela|vizinho|homem|patrao|cara|rapaz|sujeito|alguem)"
_BEATS = (
    r"(?:bateu|bate|batendo|bater|agrediu|agride|agredindo|agredir|espanc\w+|esfaque\w+|estrangul\w+|enforc\w+"
    r"|violent(?:ou|a|ando)"
    r"|estupr\w+|socou|chutou|esmurr\w+|abus(?:ou|a|ando))"
)
_HOME = re.compile(
    r"\b(?:ta|esta|tao|estao) (?:batendo|espancando|agredindo) (?:em mim|ne mim|nela|nele|(?:em "
    r"|n?)[ao]s? (?:minhas?|meus?) (?:mae"
    r"|pai|filh\w+|irma\w?|esposa|mulher|net[oa]s?|avo|vo))\b|"
    rf"\b{_KIN}(?: (?!carro|bola|porta)\w+){{0,4}}? (?:me|nos|mim) (?:{_BEATS}|empurrou|machuca|queimou|trancou)\b"
    r"(?! (?:o telefone|a porta|a real|o ponto|palmas|(?:com|por) (?:palavras|mensagem)|um[a]? (?:saudade|ideia"
    r"|duvida)))"
    rf"|\b{_KIN}(?: \w+){{0,3}}? (?:{_BEATS}) (?:n[ao]s? (?:minhas?|meus?) (?:mae|filh\w+|irma|irmao|esposa|mulher"
    r"|net[oa]s?|avo|vo)"
    r"|em mim|ne mim|nos (?:meus )?filhos|n[ao]s? criancas?)\b"
    rf"|\b(?:apanhei|apanhando|apanho|apanhar) (?:muito )?d[oaei] (?:meu |minha )?{_KIN}\b|\b(?:to|tou|estou"
    r"|vivo) apanhando\b"
    rf"(?! (?:\w+ )?(?:sistema|app|aplicativo|computador|celular|vida))"
    r"|\b(?:sofr\w+|vitima de) (?:\w+ )?(?:violencia|agressao|abuso)(?: domestica| fisica| sexual| em casa"
    r"| d[oe])\b(?! trabalho)"
    rf"|\bmedo (?:que |de |d[oe] )?(?:o |a )?(?:meu |minha )?{_KIN} (?:vai |de )?me (?:matar|mate|bater|bata)\b"
)
_NO_KILL_JOKE = r"(?! (?:d[aeo]|se eu|quando (?:souber|ver|descobrir)|porque eu|pq eu|por (?:isso|causa)|do coracao)\b)"
_ATTACKED = re.compile(
    rf"\b{_WHO}(?: \w+){{0,4}}? (?:me (?:esfaque\w+|estupr\w+|espanc\w+|agrediu|bateu(?! (?:o|a|um|uma)\b)"
    r"|ameac\w+ (?:de morte|me matar|com (?:uma )?(?:faca|arma)|de me (?:matar|bater)|matar))"
    r"|(?:quer|tentou|tenta|tentando|jurou|prometeu|ameac\w+(?: de)?|(?:disse|diz|falou|fala) que (?:vai|ia"
    r"|quer)) me matar)\b"
    rf"{_NO_KILL_JOKE}"
    r"|\bfui (?:(?:esfaque|estupr|espanc|bale)ad[oa]|(?:agredid|violentad)[oa](?! verbal))\b"
    r"|\b(?:sendo|estou sendo|to sendo) (?:agredid[oa]|espancad[oa]|ameacad[oa] (?:de morte|com)|perseguid[oa])\b"
    r"|\b(?:levei|levou|tomei|tomou) (?:um |uma |dois |duas |\d )?(?:tiros?|facadas?)\b"
    r"|\bame?ac\w+ (?:me )?de morte\b"
    rf"|\b(?:{_WHO}|estao|tao|tem) (?:\w+ ){{0,3}}?(?:armad[oa]|com (?:uma )?(?:faca|arma|revolver)) (?:aqui"
    r"|na porta|em casa|na"
    r" minha|atras|querendo|me)\b|\b(?:invadi(?:ram|u|ndo)|arrombando) (?:a )?minha casa\b"
)
_PEOPLE = (
    r"(?:voces?|vcs?|tu|tod[oa] mundo|tod[oa]s|alguem|eles?|elas?|gente|(?:um|uma|uns|ess[ea]|est[ea]|aquel[ea]"
    r"|[oa]|meu|minha)"
    r" (?:medic\w+|doutora?|atendente|moc[oa]|funcionari\w+|vizinh[oa]|patrao|chefe|gerente|recepcionista|homem"
    r"|pessoa|desgracad[oa]"
    r"|infeliz|dentista|enfermeir[oa]|diretor\w*|ex|marido|mulher|esposa))"
)
_THREATENS = re.compile(
    r"\b(?<!nao )(?:vou|vo|irei|quero|queria|(?:vontade|capaz) de|juro que (?:vou|eu)|ainda|penso em"
    r"|pensando em) (?:ai |ir ai )?"
    r"(?:mat(?:ar|o)|esfaquear|degolar|atirar em|(?:dar|meter) (?:um |uma |uns )?(?:tiros?|facadas?|balas?) (?:em"
    r"|n[ao]))"
    rf" (?:em |um |uns )?{_PEOPLE}\b(?! (?:de|d[oa]) (?:rir|saudades?|vergonha|beijos?|amor|raiva|curiosidade"
    r"|orgulho))"
    r"|\b(?:meter|mete|meto|levar|toma) (?:bala|tiro|chumbo) (?:em|n[eao]|nesse|nessa)\b|\b(?:chego|vou|entro"
    r"|entrar) ai"
    r" (?:atirando|armad[oa]|com (?:uma |minha |meu )?(?:arma|faca|revolver|espingarda))\b"
    r"|\b(?:vou|vo|quero|vontade de) (?:ai )?(?:(?:tocar|botar|colocar|por|meter|taco|tacar) fogo|incendiar"
    r"|explodir|jogar uma"
    r" bomba)(?: (?:n?[ao]|em|n[oae]ss[ae]|tudo|todo))* (?:ai|clinica|predio|loja|hospital|sede|escritorio|voces"
    r"|vcs|central|casa"
    r"|empresa)\b"
    r"|\b(?:minha (?:arma|faca)|meu (?:revolver|canivete)|minha pistola)\b.{0,30}\bvoces?\b"
)
_FORGOT = re.compile(r"\b(?:perd\w+|esquec\w+|sumi\w*|gast\w+|quebrou|se ele|se ela|jogou fora)\b")
# -- danger now

_NOW_WORDS = (
    r"(?:agora(?! (?:quero|preciso|marc|a tarde))|neste momento|nesse momento|nesse instante|acabou de"
    r"|aqui na minha frente|socorro"
    r"|me acode|nao (?:acorda|volta|responde|levanta|se mexe|ta respondendo|esta respondendo|reage)|ta caid[oa]"
    r"|esta caid[oa])"
)
_FALLS = (
    r"(?:desmai(?:ou|ei|ando)|convulsion\w+|infart\w+|enfart\w+|engasgou|engasgad[oa]|passou mal"
    r"|passando (?:muito )?mal"
    r"|se afogou|atropelad[oa]|acidente|dor (?:muito )?(?:forte )?no peito|levou (?:um )?choque|sofreu uma queda)"
)
_IN_DANGER = re.compile(
    r"\bcaiu\b.{0,60}?\bnao (?:acorda|responde|levanta|se mexe|(?:es)?ta (?:respondendo|acordando)|reage)\b|"
    rf"\b{_FALLS}\b.{{0,60}}?\b{_NOW_WORDS}\b|\b{_NOW_WORDS}\b.{{0,30}}?\b{_FALLS}\b"
    r"|\bnao (?:ta |esta |to |estou )?(?:conseg(?:ue|uindo|uir)|consigo|conseguindo)? ?respira(?:r|ndo)?\b"
    r"(?! (?:direito|bem|pel[oa]|a noite|de noite|quando|dormindo|deitad\w|por|desde))"
    r"|\b(?:parou de|sem) respirar\b(?! (?:dormindo|a noite|de noite|quando|direito|bem|pel[oa]|por|desde|enquanto))"
    r"|\b(?:ta|esta|ficou|caiu|achei|encontrei|achamos)(?: \w+){0,2} (?:desmaiad[oa]|desacordad[oa]|inconsciente"
    r"|sem pulso"
    r"|desfalecid[oa])\b|\b(?:ta|esta|to|estou|acho que e|acho que ta) (?:tendo|dando|sofrendo|com) (?:um "
    r"|uma )?(?:infarto"
    r"|enfarte|avc|derrame|ataque cardiaco|parada cardiaca|hemorragia(?! n[oa])|convulsao)\b"
    r"|\b(?:ta|esta|to|estou) (?:infartando|enfartando|convulsionando|se afogando|sufocando"
    r"|engasgad[oa])\b(?! com (?:ess|iss|tant))"
    r"|\bficando rox[oa]\b(?! de)|\b(?:nao para de sangrar|perdendo muito sangue|(?:to|ta|esta"
    r"|estou) sangrando (?:muito|demais"
    r"|sem parar))\b"
    r"|\b(?:tomou|bebeu|engoliu|bebi|engoli) (?:\w+ )?(?:veneno|chumbinho|agua sanitaria|soda caustica"
    r"|desinfetante|cloro"
    r"|querosene|raticida|pilha|detergente|bateria)\b"
    r"|\b(?:boca|rosto) (?:\w+ )?tort[oa] (?:e |, )?(?:fala|nao fala|bracos?|falando)\b"
    r"|\b(?:estou|to|tou) (?:em|correndo) perigo\b|\b(?:minha vida|ele|ela|bebe) (?:ta |esta )?(?:corre(?:ndo)?"
    r"|em) perigo\b"
    r"|\b(?:estou|to|tou) morrendo(?=$|[,.!]? (?:socorro|me ajud\w+|por favor|aqui)|[.!])"
)
_OVER = re.compile(
    r"\b(?:(?:ano|mes|semana) passad[oa]|em (?:19|20)\d\d|em (?:janeiro|fevereiro|marco|abril|maio|junho|julho"
    r"|agosto|setembro"
    r"|outubro|novembro|dezembro)|(?:ha|faz|tem|a) (?:\w+ )?(?:\w+|\d+) (?:anos?|mes(?:es)?|semanas?|dias)"
    r"|(?:anos?|meses|semanas|dias)"
    r" atras|quando (?:eu |ele |ela )?era|desde (?:que|ontem|o|a|\w+feira|segunda|terca|quarta|quinta|sexta"
    r"|crianca)|uma vez"
    r"|antigamente|toda (?:noite|vez|hora|semana)|as vezes|de vez em quando|cobre|cobertura|carencia|tem direito"
    r"|prevencao"
    r"|palestra|setembro amarelo|historico|filme|serie|novela|livro|menstrua\w+|gengiva|cachorr[oa]|gat[oa]"
    r"|boneca|celular|carro)\b"
)


_SHORT = {
    "n": "nao", "num": "nao", "qro": "quero", "qr": "quero", "d": "de", "mt": "muito", "mto": "muito", "agr": "agora",
    "mh": "minha", "bb": "bebe", "c": "com",
}  # fmt: skip
_SHORTENED = re.compile(rf"\b(?:{'|'.join(_SHORT)})\b")


def danger_in(folded: str) -> str:
    """Why somebody is in danger by a folded text (`backend.identifiers.plain`): one of this module's words, or ''."""
    said = _SHORTENED.sub(lambda short: _SHORT[short[0]], folded)
    laughs, over = _LAUGHS.search(said), _OVER.search(said)
    if not laughs and _LIFE_SELF.search(said):
        return LIFE
    if not over and _LIFE_TOLD.search(said):
        return LIFE
    if not laughs and not over and _HOME.search(said):
        return HOME
    if not laughs and ((not over and _ATTACKED.search(said)) or (_THREATENS.search(said) and not _FORGOT.search(said))):
        return THREAT
    return NOW if not over and _IN_DANGER.search(said) else ""
