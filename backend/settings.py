"""Everything that is configured: environment variables `ZELO_*` and `.env` (interfaces.md)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
DEMO_ACCOUNT_SID = "AC" + "0" * 32
DEMO_FROM = "whatsapp:+559830000000"
# Whom people pay is invented for the demo: nowhere else may these be used.
INVENTED = ("operator_cnpj", "slip_bank", "slip_agency", "slip_account", "pix_key")


class Settings(BaseSettings):
    """One object per process; every field's default is the demo's or the law's."""

    model_config = SettingsConfigDict(env_prefix="ZELO_", env_file=".env", extra="ignore")

    port: int = 8000
    host: str = "127.0.0.1"
    public_url: str = ""
    database_url: str = ""
    redis_url: str = ""
    data_dir: Path = Path("var")
    secret_key: SecretStr = SecretStr("")
    files_key: SecretStr = Field(
        default=SecretStr(""),
        description="keys of the files at rest, 32 bytes in base64, separated by commas: the first one encrypts",
    )

    twilio_account_sid: str = DEMO_ACCOUNT_SID
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = DEMO_FROM
    twilio_api_url: str = ""
    twilio_rate: int = Field(default=80, ge=1, description="messages a second per sender number (Twilio)")
    templates_file: Path = Path("data/templates.yml")
    template_sids: str = Field(default="", description="JSON: template name → Twilio's ContentSid")

    rasa_urls: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    rasa_token: SecretStr = SecretStr("")

    ans_registration: str = ""
    operator_name: str = "Zelo Saúde"
    smtp_url: str = ""
    erp_webhook_url: str = Field(default="", description="where the ERP takes our changes; https but on this machine")
    erp_webhook_secret: SecretStr = Field(default=SecretStr(""), description="signs what the ERP is told")
    notice_by_whatsapp: bool = False
    simulator: bool = False
    simulator_port: int = 8010
    demo_password: SecretStr = SecretStr("")

    timezone: str = "America/Sao_Paulo"
    holiday_state: str = "MA"
    episode_hours: float = Field(default=24, description="silence that ends a conversation (house.md)")
    window_hours: float = Field(default=24, description="WhatsApp's customer service window")
    identity_minutes: float = Field(default=30, description="silence that ends a verified identity (rule 2)")
    identity_minutes_shared: float = Field(default=5, description="the same on a number that several people share")
    identity_attempts: int = Field(default=3, description="wrong answers before a person takes over (rule 2)")
    give_up_seconds: float = Field(default=60, description="assistant silent for so long: to the desk")
    turn_timeout_seconds: float = 20
    lease_seconds: float = 30
    media_max_bytes: int = 16 * 1024 * 1024
    document_max_pages: int = Field(default=40, ge=1, description="a PDF with more pages is refused")
    document_max_pixels: int = Field(default=50_000_000, ge=1, description="a picture with more is refused unread")
    document_preview_pages: int = Field(default=10, ge=1, description="so many pages of a PDF are shown as pictures")
    inspection_seconds: float = Field(default=15, gt=0, description="a file that takes longer to open is refused")
    inspection_memory_mb: int = Field(default=1024, ge=256, description="address space of the process that opens files")
    clamd_url: str = Field(default="", description="`tcp://host:3310` or `unix:///path`; empty: no virus scanning")
    media_link_minutes: float = Field(default=15, gt=0, description="how long Twilio may fetch a file of ours")
    hold_minutes: float = Field(default=10, description="a slot is held while the person decides (processes.md 1)")
    booking_lead_minutes: float = Field(default=60, description="the soonest slot that is offered starts then")
    waiting_offer_minutes: float = Field(default=60, description="a freed slot waits for one of the waiting list")
    reminder_hour: int = Field(default=9, ge=0, le=23, description="reminders of tomorrow leave from this hour on")
    news_pause_minutes: float = Field(
        default=3, ge=0, description="news wait so long for an answer to what was asked last"
    )
    wait_basic_consultation: int = Field(default=7, description="business days (RN 566/2022)")
    wait_specialty: int = Field(default=14, description="business days (RN 566/2022)")
    wait_therapy: int = Field(default=10, description="business days (RN 566/2022)")
    wait_dentistry: int = Field(default=7, description="business days (RN 566/2022)")
    worker_turns: int = Field(default=16, description="conversations one worker serves at a time")
    web_processes: int = 1
    workers: int = 1

    fine_percent: Decimal = Field(default=Decimal(2), ge=0, le=100, description="an overdue invoice's fine, once")
    monthly_interest_percent: Decimal = Field(
        default=Decimal(1), ge=0, le=100, description="an overdue invoice's interest a month, pro rata by day, simple"
    )
    operator_cnpj: str = Field(default="99000888000120", pattern=r"^\d{14}$", description="on slips and statements")
    operator_address: str = Field(
        default="Avenida dos Lençóis, 1000, Centro, São Luís, MA", description="RN 593, papers"
    )
    operator_city: str = Field(default="São Luís", description="where PIX is received (BR Code, field 60)")
    operator_phone: str = Field(default="(98) 3000-0000", description="on papers and the member card")
    slip_bank: str = Field(default="999", pattern=r"^\d{3}$", description="clearing code of the bank that issues slips")
    slip_bank_name: str = Field(default="Banco de Demonstração", description="on slips")
    slip_agency: str = Field(default="0001", pattern=r"^\d{4}$", description="free field of the slip's bar code")
    slip_account: str = Field(default="0000012345", pattern=r"^\d{10}$", description="free field of the bar code")
    pix_key: str = Field(
        default="financeiro@zelo.example", description="key that invoices are paid to (BR Code, 26-01)"
    )

    wait_laboratory: int = Field(default=3, description="business days (RN 566/2022)")
    wait_other_diagnostics: int = Field(default=10, description="business days (RN 566/2022)")
    wait_high_complexity: int = Field(default=21, description="business days (RN 566/2022)")
    wait_elective_admission: int = Field(default=21, description="business days (RN 566/2022)")
    wait_day_hospital: int = Field(default=10, description="business days (RN 566/2022)")
    answer_care_days: int = Field(default=5, description="business days to answer a care request (RN 623/2024)")
    answer_complex_days: int = Field(
        default=10, description="business days for high complexity or elective admission (RN 623/2024)"
    )
    answer_opme_days: int = Field(default=10, description="business days to answer OPME (the desk's own, seed 000)")
    answer_other_days: int = Field(default=5, description="business days to answer the rest (the desk's own, seed 000)")
    review_days: int = Field(default=7, description="business days of the ombudsman to look again (RN 623/2024)")
    authorization_months: int = Field(default=3, description="an authorization's validity (processes.md 4)")
    authorization_ending_days: int = Field(
        default=5, description="business days an authorization is valid where the plan is ending (processes.md 4)"
    )

    registration_email: str = Field(
        default="", description="where the registration team gets the day's sheet (seed 000)"
    )
    daily_sheet_hour: int = Field(
        default=18, ge=0, le=23, description="the day's sheet leaves from this hour on, local"
    )
    coming_of_age_ages: str = Field(
        default="18,21,24", pattern=r"^\d{1,2}(,\d{1,2})*$", description="at which a dependent's papers are looked at"
    )
    coming_of_age_notice_days: int = Field(
        default=60, ge=0, description="so long before and after such a birthday it is asked about (processes.md 7)"
    )
    coming_of_age_ready_days: int = Field(
        default=30, ge=1, description="what is ready waits so long for the beneficiary (processes.md 7)"
    )
    counter_hours: str = Field(
        default="de segunda a sexta, das 8h às 17h", description="of the counter at the operator's address, in words"
    )
    signature_original: bool = Field(
        default=False, description="whether a signature made on paper has to be shown in the original (processes.md 8)"
    )
    electronic_signatures: bool = Field(
        default=False, description="whether a form signed electronically is accepted and marked so (processes.md 8)"
    )

    medical_accounts_email: str = Field(
        default="", description="where medical accounts get disputed charges (processes.md 3); empty: the board alone"
    )
    finance_email: str = Field(
        default="", description="where finance gets discounts on future invoices (processes.md 3); empty: the board"
    )
    treasury_address: str = Field(
        default="Avenida dos Lençóis, 1000, térreo, Centro, São Luís, MA",
        description="where a discount on the current invoice is given (processes.md 3)",
    )
    treasury_hours: str = Field(default="de segunda a sexta, das 8h às 17h", description="of the treasury, in words")

    notice_two_fees_from: date = Field(
        default=date(2024, 12, 1), description="contracts from here on: two unpaid fees decide (RN 617/2024)"
    )
    notice_fees: int = Field(default=2, ge=1, description="unpaid fees within the window (RN 593, newer contracts)")
    notice_more_than_days: int = Field(default=60, ge=1, description="days of arrears (RN 593, older contracts)")
    notice_window_months: int = Field(default=12, ge=1, description="within which arrears are counted (RN 593)")
    notice_days: int = Field(default=10, ge=10, description="calendar days from the notice (RN 593)")
    notice_by_day: int = Field(default=50, ge=1, description="of arrears, by which notice is wanted (RN 593)")
    notice_regulated_from: date = Field(
        default=date(1999, 1, 1), description="older contracts that were not adapted stand outside (Law 9.656/1998)"
    )
    notice_days_once: bool = Field(
        default=True, description="a day with several unpaid fees counts once; false: once for each fee (RN 593)"
    )
    notice_tap_counts: bool = Field(default=False, description="whether a tap on a button confirms (RN 593)")
    notice_ladder: str = Field(
        default="whatsapp,email,call,letter",
        pattern=r"^(whatsapp|email|call|letter)(,(whatsapp|email|call|letter))*$",
        description="the means, in the order in which they are tried (RN 593)",
    )
    notice_ladder_days: int = Field(default=3, ge=0, description="days between one means and the next (processes.md 6)")
    campaign_from_day: int = Field(
        default=50, ge=1, description="of arrears, from which finance's list calls (seed 004; the rule wants 45 to 50)"
    )

    @property
    def base_url(self) -> str:
        """The address that Twilio signs, without a slash at its end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def twilio_url(self) -> str:
        """Where Twilio's REST API is: the simulator's, or what is configured."""
        if self.twilio_api_url:
            return self.twilio_api_url.rstrip("/")
        if self.simulator:
            return f"http://127.0.0.1:{self.simulator_port}"
        return "https://api.twilio.com"

    @property
    def rasa_addresses(self) -> list[str]:
        """Every Rasa that may serve a conversation, without slashes at their ends."""
        return [url.strip().rstrip("/") for url in self.rasa_urls.split(",") if url.strip()]

    @property
    def still_invented(self) -> list[str]:
        """The variables of whom people pay that still hold the demo's values although messages leave this machine."""
        if self.sends_to_loopback:
            return []
        fields = type(self).model_fields
        return [f"ZELO_{name.upper()}" for name in INVENTED if getattr(self, name) == fields[name].default]

    @property
    def sends_to_loopback(self) -> bool:
        """True when nothing that we send can leave this machine (demo people need it)."""
        return urlsplit(self.twilio_url).hostname in LOOPBACK_HOSTS


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
