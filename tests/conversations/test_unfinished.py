"""Interrupted for three days before each step, a request goes on where it was: the same question, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.conversations.families import Family, pdf, photo, settle
from tests.conversations.people import Dialogue
from tests.stack import Stack, eventually

# A step: what is written, and the files that come with it.
Step = tuple[str, list[dict[str, Any]]]
THREE_DAYS = timedelta(days=3)
COMING_OF_AGE: list[Step] = [
    ("esse é o rg", [photo("REGISTRO GERAL")]),
    ("", [pdf("Comprovante de matrícula")]),
    ("", [photo("SEM NOME")]),
    ("cpf", []),
    ("", [photo("FREQUENCIA")]),
]
REGISTRATION: list[Step] = [
    ("cep 65010-000", []),
    ("Rua das Flores, 123", []),
    ("Centro", []),
    ("São Luís", []),
    ("", [pdf("Conta de luz, comprovante de residência")]),
    ("sim", []),
]
HOLDER_CHANGE: list[Step] = [
    ("Otávio", []),
    ("sim", []),
    ("cnh", [photo("HABILITACAO")]),
    ("conta de luz", [photo("CONTA")]),
    ("formulário assinado", [pdf("Formulário")]),
]
DISPUTE: list[Step] = [
    ("mês passado", []),
    ("1", []),
    ("nunca fiz esse exame", []),
    ("pelo whatsapp", []),
    ("sim", []),
]
PROCEDURE: list[Step] = [
    ("ressonância do joelho", []),
    ("", [photo("SOLICITO RESSONANCIA")]),
    ("dra Noêmia Bandeira", []),
    ("sim", []),
]


@pytest.fixture
def three_days_later(stack: Stack, phone: str) -> Iterator[Callable[[], None]]:
    """Business time goes three days on, until the conversation has ended by silence; back again after the test."""
    ahead = timedelta()

    def set_clock(seconds: float) -> None:
        stack.http.post(f"{stack.simulator}/control/clock", json={"offset_seconds": seconds}).raise_for_status()

    def later() -> None:
        nonlocal ahead
        on_the_way = (
            "SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id"
            " WHERE p.address = %s AND m.direction = 'out' AND m.delivery <> 'delivered'"
        )
        eventually(lambda: not stack.rows(on_the_way, f"whatsapp:{phone}"), seconds=30, what="every message's arrival")
        ahead += THREE_DAYS
        set_clock(ahead.total_seconds())
        still_open = (
            "SELECT 1 FROM conversation c JOIN contact p ON p.id = c.contact_id"
            " WHERE p.address = %s AND c.closed_at IS NULL"
        )
        eventually(lambda: not stack.rows(still_open, f"whatsapp:{phone}"), seconds=30, what="the end of the episode")

    yield later
    set_clock(0)


@pytest.fixture
def talk(stack: Stack, phone: str) -> Dialogue:
    """One person at a telephone of his own, who may well be understood as others were."""
    return Dialogue(stack, phone)


def question(answer: str) -> str:
    """What was asked last, without what was said before it."""
    lines = [line for line in answer.splitlines() if not line.startswith(("Recebi", "Obrigad", "Vamos continuar"))]
    return "\n".join(lines).strip()


@pytest.mark.parametrize(
    ("first", "steps", "kind"),
    [
        ("vou fazer 18 anos, o que mando?", COMING_OF_AGE, "coming_of_age"),
        ("quero mudar meu endereço no cadastro", REGISTRATION, "registration_update"),
        ("quero passar a titularidade do plano", HOLDER_CHANGE, "holder_change"),
        ("quero contestar uma cobrança", DISPUTE, "charge_dispute"),
        ("preciso de autorização para um procedimento", PROCEDURE, "procedure_request"),
    ],
    ids=["coming_of_age", "registration", "holder_change", "disputes", "procedures"],
)
def test_at_each_step(
    talk: Dialogue, three_days_later: Callable[[], None], first: str, steps: list[Step], kind: str
) -> None:
    chat, stack, phone = talk, talk.stack, talk.phone
    family = settle(stack, phone, "child" if kind == "coming_of_age" else "holder")
    facts = (family.child if kind == "coming_of_age" else family.holder).facts
    charged(stack, family)
    asked = question(chat(first, facts)).splitlines()[-1]
    number = chat.stack.rows("SELECT number FROM protocol ORDER BY opened_at DESC, number DESC LIMIT 1")[0][0]
    for text, files in steps:
        three_days_later()
        assert number in chat("oi")
        chat("sim, continuar", facts)
        assert question(chat.last).splitlines()[-1] == asked, "the same question as three days before"
        asked = question(chat(text, media=files) if files else chat(text)).splitlines()[-1]
    [(found, stage)] = stack.rows("SELECT kind, stage FROM protocol WHERE number = %s", number)
    assert found == kind
    assert stage != "gathering", chat.last
    assert len(chat.protocols) == 1


def charged(stack: Stack, family: Family) -> None:
    """An examination on last month's invoice of the family."""
    stack.run(
        "WITH made AS (INSERT INTO invoice (id, contract_id, billing_month, due_on, amount)"
        " SELECT gen_random_uuid(), id, (date_trunc('month', business_now()) - interval '1 month')::date,"
        " business_now()::date + 20, 512.50 FROM contract WHERE number = %s RETURNING id)"
        " INSERT INTO invoice_item (invoice_id, description, amount, beneficiary_id, procedure_code)"
        " SELECT id, 'Ressonância magnética', 312.50, %s, '41101014' FROM made",
        family.contract, family.holder.id,
    )  # fmt: skip
