"""What outweighs every answer: a death, a stay in hospital, the law, somebody else; and what no person wrote. Pure.

Patterns over words as `spelling` puts them. 'O celular morreu', 'trabalho no hospital' and 'fui internada em 2019'
are none of it.
"""

from __future__ import annotations

import re

# Who answers in somebody's stead.
KIN = (
    r"(?:espos[ao]|mulher|marido|companheir[oa]|namorad[oa]|noiv[oa]|filh[oa]|filhinh[oa]|mae|pai|irma|irmao|net[oa]"
    r"|av[oa]|vo|ti[oa]|prim[oa]"
    r"|sobrinh[oa]|sogr[oa]|nora|genro|cunhad[oa]|enteado|enteada|padrasto|madrasta|cuidador[a]?|secretari[oa]"
    r"|funcionari[oa]|empregad[oa]"
    r"|vizinh[oa]|amig[oa]|colega|patrao|patroa|afilhad[oa]|madrinha|padrinho|acompanhante"
    r"|bab[ao])"
)
AUTO = re.compile(
    r"\b(?:mensagem|resposta) automatica\b|\bdigite \d\b|\bestou de ferias\b|\b(?:fora|ausente) d[oe] escritorio\b"
    r"|\bagradecemos (?:o |a |pelo |por |seu |sua |desde ja )*(?:contato|mensagem|entrar|preferencia)"
    r"|\bobrigad[oa] (?:por|pelo) (?:entrar em |seu |nos )*contat\w+|\bentrar(?:ei|emos) em contato\b"
    r"|\bretorn(?:arei|aremos|amos)\b|\bretorno (?:assim|em breve|logo|amanha|o contato)\b|\bresponder(?:ei|emos)\b"
    r"|\b(?:no momento|neste momento|nesse momento) (?:eu )?(?:nao|estou|estamos|nos)(?: \w+){0,3}"
    r" (?:responder|atender|ausentes?|disponive\w+|indisponive\w+|dirigindo|offline|fechad[oa]s?)\b"
    r"|\bestamos (?:de ferias|ausentes|fechados)\b|\bestou ausente\b|\bassim que (?:for )?possivel\b"
    r"|\bo mais breve possivel\b"
    r"|\bhorario de (?:atendimento|funcionamento)\b|\bdeixe (?:o |a )?(?:seu |sua )?(?:recado|mensagem|nome)\b"
    r"|\bsua mensagem (?:e|foi) (?:muito )?(?:importante|recebida)\b|\brecebemos (?:a )?sua mensagem\b"
    r"|\b(?:seja )?bem vind[oa]s?\b|\b(?:nosso|nossa) (?:catalogo|site|cardapio|loja|equipe|instagram)\b"
    r"|\b(?:em breve|logo|ja) (?:te |lhe )?(?:atender|retorn)\w+"
)
DECEASED = re.compile(
    r"\bfal[ei]s?[cs]s?[ei](?:u|o|ram)\b|\bfalecid[oa]\b|\bfalecimento\b|\b(?:foi|veio) a obito\b|\bobito\b"
    r"|(?<!celular )(?<!telefone )(?<!plano )(?<!bateria )(?<!internet )(?<!aparelho )(?<!assunto )\bmor+eu\b"
    r"(?! de (?:rir|vergonha|medo|amor|raiva))|\b(?:esta|ta) mort[oa]\b|\bin memoriam\b|\bfinad[oa]\b|\bdeus levou\b"
    r"|\bnao (?:esta|ta) mais (?:entre|com a gente|conosco|neste mundo|nesse mundo)\b|\bsou (?:a |o )?viuv[oa]\b"
    r"|\bpartiu (?:desta|dessa|pra outra)\b|\bja descansou\b"
)
HOSPITAL = re.compile(
    r"(?<!estive )(?<!estava )(?<!era )(?<!fui )(?<!foi )\binternad[oa]s?\b"
    r"(?! (?:em|no ano|ano|mes|semana passada|uma vez)\b)"
    r"|\b(?:fui|foi) internad[oa] (?:ontem|hoje|agora|de novo|esta noite|essa semana)\b|\bhospitalizad[oa]\b"
    r"|\b(?:estou|estamos|esta|ta|continuo|continua|segue|sigo) (?:aqui )?(?:n[oa]|em um|num) (?:hospital|uti|cti)\b"
    r"|^n[oa] (?:hospital|uti|cti)\b|\bentubad[oa]\b"
)
LEGAL = re.compile(
    r"\b(?:vou|vo|irei|vamos|quero|pretendo|posso) (?:te |lhe |os |ter que )?(?:processar|denunciar)\b"
    r"|\bprocon\b|\breclame ?aqui\b|\badvogad[oa]s?\b|(?<!trabalho )\b(?:na|pela|pra|para a) justica\b"
    r"|\b(?:meter|meto|entrar com|entro com|abrir|abro|mover|movo) (?:um |uma )?(?:processo|acao)\b|\bdanos? morais?\b"
    r"|\b(?:reclamar|reclamacao|denuncia|denunciar)(?: \w+){0,2} (?:n?a|pra|para a) ans\b|\bjuizado\b|\bdefensoria\b"
    r"|\bpequenas causas\b|\bministerio publico\b|\bmeus direitos\b|\bme processe\w*\b|\bpodem? (?:me )?processar\b"
    r"|\bboletim de ocorrencia\b|\b(?:caso|assunto) de policia\b|(?<!trabalho )\b(?:na|pra|para a|chamar a) policia\b"
    r"|(?<!trabalho )\bna delegacia\b"
)
