"""The machines of the kinds that are worked on boards. [processes.md 2, 3, 7, 8; seed 000]

What an authorization may become stands in `backend/procedures/states.py`: it has a life of its own.
"""

from __future__ import annotations

from backend.protocols.stages import BOTH, DESK, PERSON, PROGRAM, Machine, Move, Stage

GATHERING = "gathering"
IN_REVIEW = "in_review"
CORRECTION = "correction"
DONE, WITHDRAWN = "done", "withdrawn"
WITHDRAW = "withdraw"
REFUSED = "refused"

_GATHERING = Stage("juntando informações", waits_for_person=True)
_CORRECTION = Stage("aguardando correção", waits_for_person=True)
_WITHDRAWN = Stage("desistência", ended=True)
_REFUSED = Stage("não foi possível concluir", ended=True)


def _from(*stages: str) -> frozenset[str]:
    return frozenset(stages)


def _given_up(stages: frozenset[str], *, also_by_desk: frozenset[str]) -> tuple[Move, Move]:
    """The person says that he does without it; or the desk writes down that he did, and he is told that it stands."""
    recorded = "Registrar desistência"
    return (
        Move(WITHDRAW, stages, WITHDRAWN, PERSON),
        Move("record_withdrawal", stages | also_by_desk, WITHDRAWN, DESK, recorded, "withdrawn"),
    )


REGISTRATION_UPDATE = Machine(
    "registration_update", GATHERING,
    {
        GATHERING: _GATHERING,
        IN_REVIEW: Stage("em conferência"),
        CORRECTION: _CORRECTION,
        DONE: Stage("concluído", ended=True),
        WITHDRAWN: _WITHDRAWN,
    },
    (
        Move("submit", _from(GATHERING, CORRECTION), IN_REVIEW, BOTH),
        Move("ask_correction", _from(IN_REVIEW), CORRECTION, DESK, "Pedir correção", "registration_correction"),
        # every change was accepted or refused by somebody of the desk: the last decision finishes it
        Move("finish", _from(IN_REVIEW, CORRECTION), DONE, DESK, "", "registration_decided"),
        *_given_up(_from(GATHERING, CORRECTION), also_by_desk=_from(IN_REVIEW)),
    ),
)  # fmt: skip

DISPUTE = Machine(
    "charge_dispute", GATHERING,
    {
        GATHERING: _GATHERING,
        "in_analysis": Stage("em análise", team="medical_accounts"),
        "discount_asked": Stage("aguardando escolha do desconto", team="medical_accounts", waits_for_person=True),
        "at_treasury": Stage("aguardando na tesouraria", team="treasury", waits_for_person=True),
        "with_finance": Stage("desconto com o financeiro", team="finance"),
        "valid": Stage("cobrança confirmada", ended=True),
        "settled": Stage("desconto confirmado", ended=True),
        WITHDRAWN: _WITHDRAWN,
    },
    (
        Move("submit", _from(GATHERING), "in_analysis", BOTH),
        Move("find_valid", _from("in_analysis"), "valid", DESK, "Cobrança correta", "dispute_valid", needs_reason=True),
        Move("find_improper", _from("in_analysis"), "discount_asked", DESK, "Cobrança indevida", "dispute_improper",
             needs_reason=True),
        Move("choose_current", _from("discount_asked"), "at_treasury", BOTH, "Desconto na fatura atual"),
        Move("choose_future", _from("discount_asked"), "with_finance", BOTH, "Desconto nas próximas faturas"),
        Move("settle", _from("at_treasury", "with_finance"), "settled", DESK, "Confirmar o desconto",
             "dispute_settled"),
        *_given_up(_from(GATHERING), also_by_desk=_from("in_analysis", "discount_asked")),
    ),
)  # fmt: skip

COMING_OF_AGE = Machine(
    "coming_of_age", GATHERING,
    {
        GATHERING: _GATHERING,
        IN_REVIEW: Stage("em conferência"),
        CORRECTION: _CORRECTION,
        "waiting_beneficiary": Stage("aguardando o beneficiário", waits_for_person=True),
        DONE: Stage("concluído", ended=True),
        "expired": Stage("encerrado sem retirada", ended=True),
        REFUSED: _REFUSED,
        WITHDRAWN: _WITHDRAWN,
    },
    (
        Move("submit", _from(GATHERING, CORRECTION), IN_REVIEW, BOTH),
        Move("ask_correction", _from(IN_REVIEW), CORRECTION, DESK, "Pedir correção", "correction"),
        Move("approve", _from(IN_REVIEW), "waiting_beneficiary", DESK, "Tudo certo", "coming_of_age_ready"),
        Move("confirm", _from("waiting_beneficiary"), DONE, BOTH, "Beneficiário confirmou"),
        Move("expire", _from("waiting_beneficiary"), "expired", PROGRAM, "", "coming_of_age_expired"),
        Move("refuse", _from(IN_REVIEW), REFUSED, DESK, "Não é possível", "request_refused", needs_reason=True),
        *_given_up(_from(GATHERING, CORRECTION), also_by_desk=_from(IN_REVIEW)),
    ),
)  # fmt: skip

HOLDER_CHANGE = Machine(
    "holder_change", GATHERING,
    {
        GATHERING: _GATHERING,
        IN_REVIEW: Stage("em conferência"),
        CORRECTION: _CORRECTION,
        "original": Stage("aguardando o original", waits_for_person=True),
        DONE: Stage("concluído", ended=True),
        REFUSED: _REFUSED,
        WITHDRAWN: _WITHDRAWN,
    },
    (
        Move("submit", _from(GATHERING, CORRECTION), IN_REVIEW, BOTH),
        Move("ask_correction", _from(IN_REVIEW, "original"), CORRECTION, DESK, "Pedir correção", "correction"),
        Move("ask_original", _from(IN_REVIEW), "original", DESK, "Pedir o original", "holder_change_original"),
        Move("finish", _from(IN_REVIEW, "original"), DONE, DESK, "Concluir a troca", "holder_changed"),
        Move("refuse", _from(IN_REVIEW, "original"), REFUSED, DESK, "Não é possível", "request_refused",
             needs_reason=True),
        *_given_up(_from(GATHERING, CORRECTION, "original"), also_by_desk=_from(IN_REVIEW)),
    ),
)  # fmt: skip

PAYMENT_REPORT = Machine(
    "payment_report", GATHERING,
    {
        GATHERING: _GATHERING,
        "checking": Stage("em conferência do pagamento", team="finance"),
        CORRECTION: Stage("aguardando comprovante legível", team="finance", waits_for_person=True),
        "found": Stage("pagamento localizado", ended=True),
        "not_found": Stage("pagamento não localizado", ended=True),
        WITHDRAWN: _WITHDRAWN,
    },
    (
        Move("submit", _from(GATHERING, CORRECTION), "checking", BOTH),
        Move("ask_correction", _from("checking"), CORRECTION, DESK, "Pedir outro comprovante", "correction"),
        Move("find_payment", _from("checking", CORRECTION), "found", DESK, "Pagamento localizado", "payment_found"),
        Move("miss_payment", _from("checking", CORRECTION), "not_found", DESK, "Pagamento não localizado",
             "payment_not_found", needs_reason=True),
        *_given_up(_from(GATHERING, CORRECTION), also_by_desk=_from("checking")),
    ),
)  # fmt: skip

_ALL = (REGISTRATION_UPDATE, DISPUTE, COMING_OF_AGE, HOLDER_CHANGE, PAYMENT_REPORT)
MACHINES = {machine.kind: machine for machine in _ALL}


def stage_title(kind: str, stage: str) -> str:
    """What people read of a stage; empty for a kind without a board, or one that was opened before it had one."""
    machine = MACHINES.get(kind)
    found = machine.stages.get(stage) if machine else None
    return found.title if found else ""
