"""What people answer to a call of the plan: whole dialogues that begin with our message."""

from __future__ import annotations

import json
import re

import pytest

from backend.delinquency.calling import Plan
from tests.conversations.people import CARLOS, DEBORA, Dialogue
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("nothing_questioned")
WHY = re.compile(
    r"financeir|d[ée]bito|d[íi]vida|inadimpl|atras|vencid|fatura|boleto|cobran[çc]|r\$|cancel|pagamento|pagar",
    re.IGNORECASE,
)


class Call:
    """A call to Carlos at the dialogue's telephone that is out and waits for its answer."""

    def __init__(self, stack: Stack, phone: str) -> None:
        self.stack = stack
        campaign = (
            "INSERT INTO campaign (id, name, state, file_sha256, file_name, created_by, created_at, approved_by, plan)"
            " VALUES (gen_random_uuid(), %s, 'stopped', %s, 'a.xlsx', 'test', business_now(), 'test', %s::jsonb)"
            " RETURNING id"
        )

        [(campaign_id,)] = stack.rows(campaign, phone, "0" * 64, json.dumps(Plan().as_json()))
        row = (
            "INSERT INTO campaign_row (campaign_id, line, full_name, cpf, beneficiary_id, contract_id, state, attempts,"
            " number) SELECT %s, 2, b.full_name, b.cpf, b.id, b.contract_id, 'calling', 1, %s FROM beneficiary b"
            " WHERE b.cpf = '39053344705' RETURNING id"
        )
        [(self.row_id,)] = stack.rows(row, campaign_id, phone)
        self._said(phone)

    def _said(self, phone: str) -> None:
        """The greeting as it was sent: what the telephone read last."""
        greeted = (
            "WITH c AS (INSERT INTO contact (id, address, phone) VALUES (gen_random_uuid(), %s, %s) RETURNING id),"
            " d AS (INSERT INTO conversation (id, contact_id, our_address, opened_at, last_inbound_at, last_activity_at)"
            "  SELECT gen_random_uuid(), c.id, %s, business_now(), business_now(), business_now() FROM c RETURNING id)"
            " INSERT INTO message (conversation_id, direction, body, author_kind, created_at, request_key)"
            " SELECT d.id, 'out', 'Gostaria de falar com Carlos Eduardo Nunes. É você?', 'assistant', business_now(), %s"
            " FROM d"
        )
        ours = self.stack.environment["ZELO_TWILIO_FROM"]
        self.stack.run(greeted, f"whatsapp:{phone}", phone, ours, f"campaign:{self.row_id}:1")

    def stands(self) -> tuple[str, str, bool]:
        """(state, outcome, whether somebody was identified)."""
        query = "SELECT state, outcome, identified_at IS NOT NULL FROM campaign_row WHERE id = %s"
        [row] = self.stack.rows(query, self.row_id)
        return row  # type: ignore[return-value]

    def marks(self, phone: str) -> list[str]:
        return [mark for (mark,) in self.stack.rows("SELECT mark FROM number_mark WHERE number = %s", phone)]


@pytest.fixture
def call(stack: Stack, phone: str) -> Call:
    return Call(stack, phone)


def test_the_right_person_hears_what_it_is_about_only_when_identified(call: Call, chat: Dialogue) -> None:
    chat("sim sou eu")
    assert "CPF" in chat.last
    assert not WHY.search(chat.last)
    chat(CARLOS)
    assert "pendências administrativas" in chat.last
    assert "com o protocolo *" in chat.last
    assert "2 mensalidades" in chat.last
    assert call.stands()[2]
    chat("estou ciente")
    assert "Obrigada por confirmar" in chat.last
    chat("quero negociar")
    chat("consigo 200 por mês")
    assert chat.owner == ("team", "collections")


def test_the_wife_is_asked_to_have_him_call(call: Call, chat: Dialogue) -> None:
    chat("isso mesmo", DEBORA)
    assert "Preciso falar com Carlos Eduardo Nunes" in chat.last
    assert not WHY.search(chat.last)
    assert call.stands()[:2] == ("waiting", "")


def test_a_strangers_number_is_never_called_again(call: Call, chat: Dialogue, phone: str) -> None:
    chat("não sou eu não")
    assert "Você conhece Carlos Eduardo Nunes?" in chat.last
    chat("não conheço ninguém com esse nome")
    assert "Desculpe o engano" in chat.last
    assert not WHY.search("\n".join(chat.answers))
    assert call.marks(phone) == ["not_his"]


def test_who_doubts_hears_how_to_check_and_is_asked_again(call: Call, chat: Dialogue) -> None:
    chat("quem é? isso é golpe?")
    assert "número oficial" in chat.last
    assert "Falo com Carlos Eduardo Nunes?" in chat.last
    chat("sim, é ele")
    assert "CPF" in chat.last
    chat("agora não posso, tô trabalhando")
    assert "Volto a falar com você" in chat.last
    assert not WHY.search("\n".join(chat.answers))
    assert call.stands()[:2] == ("waiting", "")


def test_stop_is_confirmed_and_an_automatic_reply_gets_none(call: Call, chat: Dialogue, phone: str) -> None:
    assert chat("Mensagem automática: retornaremos o contato em breve") == ""
    chat("quem está falando?", "PARE")
    assert "não vamos mais escrever para este número" in chat.last
    assert call.marks(phone) == ["stopped"]


def test_a_death_is_met_with_condolences_and_an_offer(call: Call, chat: Dialogue, phone: str) -> None:
    chat("ele faleceu mês passado, sou a viúva")
    assert "Sinto muito pela sua perda" in chat.last
    assert not WHY.search(chat.last)
    assert call.marks(phone) == ["deceased"]
    chat("sim por favor")
    assert "CPF" in chat.last
    assert chat.protocols == [("holder_change", "open")]
