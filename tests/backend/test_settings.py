"""What is invented for the demo is refused where messages can reach people."""

from __future__ import annotations

import pytest

from backend.errors import InvalidInput
from backend.papers.layout import Operator
from backend.settings import INVENTED, Settings

PAYEE = {
    "operator_cnpj": "11222333000181", "slip_bank": "341", "slip_agency": "0123", "slip_account": "0000054321",
    "pix_key": "financeiro@operadora.example",
}  # fmt: skip


def test_papers_with_an_invented_payee_are_refused_where_messages_leave_the_machine() -> None:
    live = Settings(twilio_api_url="https://api.twilio.com", ans_registration="123456")
    assert live.still_invented == [f"ZELO_{name.upper()}" for name in INVENTED]
    with pytest.raises(InvalidInput):
        Operator.configured(live)


def test_one_invented_value_is_enough_to_refuse() -> None:
    live = Settings(twilio_api_url="https://api.twilio.com", **{k: v for k, v in PAYEE.items() if k != "pix_key"})
    assert live.still_invented == ["ZELO_PIX_KEY"]


def test_configured_papers_and_the_demo_are_not_refused() -> None:
    live = Settings(twilio_api_url="https://api.twilio.com", **PAYEE)
    assert Operator.configured(live).cnpj == "11222333000181"
    assert Settings(twilio_api_url="http://127.0.0.1:8010").still_invented == []
