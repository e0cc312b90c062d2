"""What people answer to 'falo com …?', before anybody knows who they are. Pure. [processes.md 6, seed 004]

Danger is looked for before this. Who wants something else is no answer, but the assistant's: ''.
"""

from __future__ import annotations

import re
from typing import Literal

from backend.delinquency import weighty
from backend.delinquency.spelling import folded, words_of

Reply = Literal[
    "me", "not_me", "wrong_number", "not_here", "who", "deceased", "hospital", "legal", "refuse", "stop", "later",
    "auto", "",
]  # fmt: skip

_MOST_WORDS = 40
_YES_WITHOUT_WORDS = re.compile(r"[👍👌🙋✅✔☑🆗]")


def read_reply(text: str) -> Reply:
    """What a text answers to 'falo com …?'; empty where it is something else, or nothing that can be read."""
    said = " ".join(words_of(folded(text)))
    if not said:
        return "me" if _YES_WITHOUT_WORDS.search(text) else "who" if "?" in text else ""
    if weighty.AUTO.search(said):
        return "auto"
    if len(said.split()) > _MOST_WORDS:
        return ""
    for reply, pattern in _FIRST:
        if pattern.search(said):
            return reply
    if _NEED.search(said):
        return ""
    return next((reply for reply, pattern in _THEN if pattern.search(said)), "")


# -- what is heard whatever else is said

_WRONG_NUMBER = re.compile(
    r"\b(?:numero|telefone|contato|celular|whatsapp|pessoa|lugar) er+ad[oa]\b|\bengan(?:o|ad[oa]|ou|aram)\b"
    r"|\berr(?:ou|aram|ei) (?:o |de )?numero\b"
    r"|\bligou (?:pra|para) (?:o )?(?:numero )?errad\w+|\bnao conhec(?:o|emos)\b(?! (?:voce|voces|ess[ea] (?:empresa"
    r"|numero)|a empresa|quem))"
    r"|\bdesconhec(?:o|emos)\b|\bnunca (?:ouvi|vi|conheci)\b|\b(?:nao sei|sei la) quem e (?:ess[ea]|est[ea]|ele|ela"
    r"|a |o )"
    r"|\bnao (?:tem|ha|existe|mora|trabalha) (?:ninguem|nenhum\w*)\b|\bninguem (?:aqui )?(?:com|de) (?:ess[ea]"
    r"|est[ea]) nome\b"
    r"|\b(?:ess[ea]|est[ea]|[oa]) (?:numero|telefone|celular|whatsapp|chip|contato) (?:nao e|nao pertence|agora e"
    r"|ja nao e|e meu|mudou|trocou)\b"
    r"|\bnao e (?:mais )?(?:o )?(?:numero|telefone|celular|whatsapp|contato) d(?:el[ea]|[eoa])\b|\bmud(?:ou|amos"
    r"|aram) de (?:numero|telefone)\b"
    r"|\b(?:trocou|mudou) (?:o |d?e )(?:numero|telefone|chip|celular)\b|\b(?:comprei|peguei"
    r"|troquei)(?: \w+){0,3} (?:chip|numero)\b"
    r"|\bnao (?:mora|trabalha|vive|reside) mais (?:aqui|comigo|conosco|nesta|nessa|neste|nesse)\b"
    r"|\bnao tenho (?:mais )?contato com\b"
    r"|\bsou (?:a |o )?ex\b|\be (?:o )?meu ex\b|\be (?:a )?minha ex\b|\bex (?:marido|mulher|esposa|namorad[oa]"
    r"|funcionari[oa])\b"
    r"|\baqui e (?:d[aeo]|uma?|um) (?:loja|padaria|empresa|escola|igreja|oficina|farmacia|restaurante|clinica"
    r"|escritorio|mercad\w+|salao|comercio)\b"
    r"|\bnao e mais (?:ess[ea]|est[ea]) (?:numero|telefone|celular)\b"
    r"|\bnumero novo\b|\b(?:esse|este) numero e (?:de )?(?:outr[oa]|meu|minha)\b|\boutra pessoa (?:com|usa) (?:ess?e"
    r"|o) numero\b"
)
_STOP = re.compile(
    r"^(?:pare|para|parar|parem|sair|stop|descadastrar|remover|excluir|bloquear|bloqueado)(?: (?:por favor|ja|agora"
    r"|tudo))?$"
    r"|\bnao (?:me )?(?:mand\w+|envi\w+|escrev\w+|ligu\w+|lig\w+|cham\w+|perturb\w+|incomod\w+)(?: \w+){0,3} (?:mais"
    r"|mensage\w+|nada|pra mim|para mim)\b"
    r"|\bnao (?:quero|desejo|autorizo|aceito)(?: mais)? (?:receber|mensage\w+|contato|ligac\w+|que me)\b"
    r"|\bnao me (?:perturb\w+|incomod\w+|ench\w+)\b"
    r"|\b(?:tir(?:a|e|em|ar)|remov\w+|exclu\w+|apag\w+|delet\w+)(?: \w+){0,2} (?:meu|este|esse|o) (?:numero|contato"
    r"|telefone"
    r"|nome)\b"
    r"|\bme (?:tir\w+|remov\w+|exclu\w+|descadastr\w+)\b|\bpar(?:a|e|em|ar) (?:de|com) (?:me |isso|essas? )?(?:mandar"
    r"|enviar|ligar|perturbar|encher|incomodar|escrever|mensage\w+|chamar)"
    r"|\b(?:vou|vo|irei) (?:te |lhe )?(?:bloquear|bloqueio)\b|\bbloque(?:ei|ado)\b"
    r"|\bmais (?:nenhuma )?mensagem nenhuma\b"
)

# -- another need

_NEED = re.compile(
    r"\b(?:consultas?|(?:re|des)?marcar|agend\w+|boletos?|faturas?|segunda via|2a? via|atendentes?|humano|guia|exames?"
    r"|reembolso|carteir\w+|rede credenciada|dentista|medic[oa]s?|autoriza\w+|cirurgia|pag(?:ar|uei|o|a|amento|amos)"
    r"|pix|comprovante"
    r"|dividas?|debitos?|devo|devendo|mensalidades?|negoci\w+|parcel\w+|ouvidoria|protocolo|cadastro|dependentes?"
    r"|senha|cancel\w+)\b"
    r"|\b(?:falar|conversar) com (?:uma |um )?(?:pessoa|alguem|gente|funcionari\w+|operador\w*|setor|financeiro)\b"
    r"|\b(?:quero|preciso|gostaria)(?: \w+){0,3} plano\b|\bme (?:liga|ligue|ligar|ligam)\b.*\bagora\b|\bmenu\b"
)

# -- who is there

_KIN = weighty.KIN
_NOT_HERE = re.compile(
    rf"\b(?:sou|aqui e|e|quem fala e|fala|aqui quem fala e|aqui fala) (?:o |a |um |uma )?{_KIN}\b|\b(?:e|era|do|da"
    rf"|de) (?:o |a )?(?:meu|minha) {_KIN}\b"
    rf"|\b{_KIN} d(?:el[ea]|[oa])\b|^(?:[oa] )?{_KIN}$|\b(?:meu|minha) {_KIN} (?:usa|esta|ta|saiu|viajou|nao)\b"
    r"|\b(?:nao (?:esta|ta|se encontra|se acha|tava|estava)|saiu|viajou|viajando|ja foi embora)\b(?! (?:entend|conseg"
    r"|dando|certo|errad|interess|pod|quer))"
    r"|\b(?:ele|ela) (?:ja )?(?:esta|ta|foi|trabalha|dorme|volta|chega|so chega|so volta|nao (?:pode|quer|usa|mexe|tem"
    r"|sabe|fala|atende|le))\b"
    r"|^(?:sim )?(?:eu )?conhec(?:o|emos)(?: (?:sim|ele|ela|essa pessoa|a pessoa|e minha.*|e meu.*))*$"
    r"|\b(?:vou|posso|quer|pode)(?: \w+){0,3} (?:recado|passar (?:pra|para) (?:el[ea]|o|a))\b|\bdou o recado\b"
    r"|\bvou (?:chamar|avisar)(?: el[ea])?\b"
    r"|\b(?:passo|vou passar|mando|anota)(?: \w+){0,2} (?:numero|contato|telefone) d(?:el[ea]|[oa])\b|\beu (?:cuido"
    r"|resolvo|respondo|falo) (?:d[oae]l?[ea]?|por) "
    r"|\bo que (?:voces? )?(?:quer\w*|deseja\w*) com (?:el[ea]|meu|minha|[oa])\b"
)
_REFUSE = re.compile(
    r"\bnao (?:quero|vou|pretendo|desejo|irei)(?: mais)? (?:te |lhe )?(?:falar|conversa\w*|saber|responder|papo|nada"
    r"|dizer|informar|passar|confirmar|dar|contato|isso)\b"
    r"|^nao (?:quero|vou)(?: (?:nao|obrigad[oa]))?$|\bnao (?:tenho|ha) interesse\b|\bsem interesse\b"
    r"|\bnao (?:me )?interessa\b|\bme deix[ae]m? (?:em paz|quiet[oa])\b"
    r"|\bnao (?:falo|converso|respondo|passo|informo|dou)\b|\bvai (?:se )?(?:catar|embora|pro inferno|te catar"
    r"|tomar)\w*|\bsome daqui\b|\bnao enche\b"
    r"|\bnao e da sua conta\b|\b(?:estou|ta|to) de saco cheio\b|^chega$|\bvai a merda\b|^vsf$|\bnao te interessa\b"
)
_LATER = re.compile(
    r"\bagora nao\b|\bnao (?:posso|da|consigo|estou podendo|vou poder|tenho como)(?: \w+){0,2} (?:agora|falar"
    r"|responder|atender|conversar|hoje|nesse momento|neste momento)\b"
    r"|\b(?:no momento|agora) (?:eu )?nao (?:posso|da|consigo|dou)\b|\b(?:mais tarde|outra hora|outro (?:dia|horario"
    r"|momento)|depois (?:eu )?(?:falo|respondo|vejo|ligo|te|a gente|nos)|daqui a pouco)\b"
    r"|\bestou (?:no (?:trabalho|servico|onibus|transito)|na (?:rua|estrada|aula|escola|igreja|missa)|trabalhando"
    r"|dirigindo|ocupad[oa]|em reuniao|viajando|dormindo|almocando|em aula|em horario|no meio)\b"
    r"|\b(?:me )?(?:cham\w+|fal\w+|mand\w+|lig\w+|procur\w+|retorn\w+)(?: \w+){0,2} (?:amanha|depois|mais tarde"
    r"|segunda|terca|quarta|quinta|sexta|sabado|semana que vem|a noite|de noite|a tarde|de manha|(?:depois )?das? \d+"
    r"|(?:a|as) \d+)\b"
    r"|^(?:amanha|depois|so (?:amanha|depois|a noite|mais tarde)|hoje nao|um (?:minuto|momento|instante)"
    r"|espera(?: ai)?|aguarde?|(?:pode ser )?(?:amanha|depois))$|\bnao e (?:uma )?(?:boa|bom) (?:hora|momento)\b"
)
_WHO = re.compile(
    r"\bquem (?:e|esta|ta|fala|gostaria|deseja|quer|sao|seria|ta falando|me)\b|^(?:com |de )?quem(?: falo"
    r"| estou falando)?$|^prov[ea]$|\bgolpe\b|\bgolpista\w*\b"
    r"|\bfraude\b|\bvirus\b|\bfake\b|\bspam\b|\btrote\b|\be confiavel\b"
    r"|\b(?:d?o )?que (?:se trata|e isso|e|seria|foi|deseja\w*|quer\w*|voces? (?:quer\w*|deseja\w*|precisa\w*)|houve"
    r"|aconteceu|gostaria\w*|significa|precisa\w*)\b|^(?:o )?que$"
    r"|\b(?:qual|que) (?:e )?(?:o )?(?:assunto|motivo|empresa|operadora|plano)\b|^(?:assunto|motivo|sobre|por que"
    r"|para que|pra que|como assim|de onde)(?: (?:isso|seria))?$"
    r"|\bsobre o que\b|\bpor que (?:quer\w*|voce|voces|esta|me|isso|pergunta\w*|de)\b|\bde onde (?:e|fala|voces?|sao"
    r"|esta|estao|tirou|conseguiu|pegou)\b"
    r"|\bcomo (?:conseguiu|conseguiram|tem|pegou|achou|sabe|voce tem|voces tem|voces conseguiram|sei|vou saber"
    r"|posso saber|posso confiar)\b"
    r"|\bnao (?:entendi|entendo|estou entendendo|sei|lembro|confio|acredito|conheco (?:voce|voces|ess[ea] (?:empresa"
    r"|numero)|a empresa))\b"
    r"|\be (?:um )?(?:robo|maquina|cobranca|propaganda|verdade|serio|do plano|da operadora)\b"
    r"|\b(?:voce|voces|vc) (?:e|sao) (?:de |da |do |quem|robo|um|uma)|^(?:oi+|ola|opa|alo|ei|bom dia|boa tarde"
    r"|boa noite|oie+|eai|e ai|hum|han|hein|ue)(?: (?:tudo bem|tudo bom|bom dia|boa tarde|boa noite|sim|oi|quem))*$"
)

# -- whether it is the person

_BEFORE = r"(?:(?:oi+|oie|ola|opa|alo|bom dia|boa tarde|boa noite|ah|entao|bem|tudo bem|por favor|ue|uai|oxe|oxente) )*"
_MILD = (
    r"(?: (?:sim|senhora?|moc[oa]|por favor|obrigad[oa]|bom dia|boa tarde|boa noite|e sim|uai|ue|claro|isso|tudo bem"
    r"|amig[oa]|querid[oa]|meu bem|e voce|sou eu|sou|eu|mesm[oa]))*"
)
_SPEAK = (
    r"(?:pode (?:falar|dizer|mandar|prosseguir|continuar|perguntar|seguir)(?: comigo)?(?: sim)?|pois nao"
    r"|fal[ae](?: ai| moc[oa]| comigo)?|diga(?: ai)?|diz(?: ai)?|prossiga|as ordens"
    r"|estou (?:aqui|ouvindo|escutando)|(?:em )?que posso (?:te )?ajudar|no que posso ajudar|manda(?: ai)?|presente)"
)
_YES = (
    r"(?:s|ss|si|sim+|sin|sim sim|sou|sou eu(?: mesm[oa])?|eu(?: mesm[oa])?|e eu(?: mesm[oa])?"
    r"|comigo(?: mesm[oa])?|falo|(?:e|com) (?:el[ea]"
    r"|comigo)(?: mesm[oa])?|el[ea] mesm[oa]|mesm[oa]|(?:[oa] )?propri[oa]|isso(?: mesmo| ai)?|e isso(?: mesmo)?"
    r"|e|e sim|aham|uhum|arram|positivo|afirmativo|correto|certo|exato|exatamente|confirmo|confirmado|com certeza"
    r"|claro|ok|okay|yes|e o mesmo|e a mesma"
    r"|(?:esta|ta) falando com (?:el[ea]|[oa] propri[oa])|voce (?:esta|ta) falando com el[ea]|sou sim|sou eu sim"
    r"|eu sim|tudo bem sou eu)"
)
_ME = re.compile(
    rf"^{_BEFORE}(?:{_YES}{_MILD}|{_SPEAK}{_MILD}|{_YES}{_MILD} {_SPEAK}{_MILD})$"
    # What follows 'sim' asks or tells; who he is will be asked anyway.
    r"|^(?:(?:oi+|ola|bom dia|boa tarde|boa noite) )*(?:sim|sou eu|sou sim|sou el[ea]|e el[ea]|isso mesmo|eu mesm[oa]"
    r"|sou eu mesm[oa])\b(?! nao$)(?:(?! (?:nao sou|nao e)\b) \w+){1,14}$"
    rf"|^{_BEFORE}(?:ja|agora)(?: eu)? (?:posso|da pra|consigo|estou podendo)(?: te)? (?:falar|conversar|atender"
    r"|responder)(?: (?:sim|agora|com voces?|moc[oa]))*$|^(?:ja|agora) (?:estou )?(?:livre|disponivel|em casa)$"
    rf"|^{_BEFORE}(?:eu )?(?:sou|me chamo|meu nome e|aqui e|quem fala e|aqui quem fala e) (?:[oa] )?(?!(?:outr[oa]|de"
    rf"|d[oa]|um|uma|nao|quem|robo|ex|seu|sua|cliente)\b)[a-z]{{2,}}(?: [a-z]+){{0,5}}$"
)
_NOT_ME = re.compile(
    r"^(?:\w+ ){0,3}?nao(?: (?:nao|senhora?|moc[oa]|obrigad[oa]|sou|sou eu|e|e nao|amig[oa]|querid[oa]|mesmo|nada"
    r"|bom dia|boa tarde|boa noite))*$"
    r"|\bnao (?:sou|e) (?:nao|eu|el[ea]|ess[ea]|est[ea]|[oa]|comigo|quem|meu nome|minha pessoa|senhor\w*|dona|seu"
    r"|a pessoa)\b|\bnao sou (?:[a-z]+ ?){1,4}$|\bnao me chamo\b"
    r"|\bmeu nome (?:nao e|e outro)\b|\b(?:sou|e) outra pessoa\b|\bnao (?:aqui e|meu nome e|me chamo|quem fala e"
    r"|aqui quem fala|aqui fala|sou outra)\b"
    r"|^(?:negativo|no|nope|nem|jamais|nunca|nops)(?: .{0,20})?$|\bnao tenho (?:ess[ea] |nenhum |mais )?(?:plano"
    r"|convenio)\b|\bnunca tive (?:ess[ea] )?(?:plano|convenio)\b"
    r"|^nao (?:quem|o que|por que|do que|sobre)\b"
)

_FIRST: tuple[tuple[Reply, re.Pattern[str]], ...] = (
    ("deceased", weighty.DECEASED), ("legal", weighty.LEGAL), ("wrong_number", _WRONG_NUMBER), ("stop", _STOP),
)  # fmt: skip
_THEN: tuple[tuple[Reply, re.Pattern[str]], ...] = (
    ("hospital", weighty.HOSPITAL), ("later", _LATER), ("not_here", _NOT_HERE), ("refuse", _REFUSE), ("me", _ME),
    ("not_me", _NOT_ME), ("who", _WHO),
)  # fmt: skip
