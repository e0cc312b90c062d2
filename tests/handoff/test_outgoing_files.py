"""Files that leave: which messages they become, their signed address, what is written once, who may fetch them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError
from sqlalchemy import func, select

from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.contracts import Contract, Plan
from backend.errors import InvalidInput, NotFound
from backend.settings import settings
from backend.store import files
from backend.store.bell import Bell
from backend.store.engine import Store
from backend.store.files import File
from handoff.conversations.options import Option
from handoff.conversations.tables import Media, Message, OutboxRow, Turn
from handoff.dispatch import inbox
from handoff.dispatch.assistant import Answer, Reply
from handoff.file_response import disposition
from handoff.whatsapp import outgoing, outgoing_files
from handoff.whatsapp.inbound import InboundMedia, read_form
from handoff.whatsapp.outgoing import Draft, Piece
from tests.console.console_rig import ANA, OUR_ADDRESS, TEMPLATES, Desk, inbound

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SLIP = b"%PDF-1.7 slip"
YES = Option("Sim", {"intent": "affirm"})


@pytest.fixture(autouse=True)
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    monkeypatch.setattr(settings(), "secret_key", SecretStr("a-key-for-tests"))


@pytest.fixture
def desk(store: Store, bell: Bell) -> Desk:
    return Desk(store, bell)


@pytest.fixture
async def twilio(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever has an address, without any credentials."""
    app = FastAPI()
    app.state.store = store
    app.include_router(outgoing_files.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings().base_url) as client:
        yield client


def slip(content: bytes = SLIP, name: str = "fatura-março.pdf", content_type: str = "application/pdf") -> File:
    return File(files.keep(content), name, content_type, len(content))


def card() -> File:
    return slip(b"\x89PNG card", "carteirinha.png", "image/png")


def of(file: File) -> Reply:
    return Reply(text="Aqui está.", file=file)


def signed(media_id: UUID, now: datetime = NOON) -> str:
    return outgoing_files.address(media_id, now=now).rpartition("/")[2]


# Files by content


def test_the_same_content_is_kept_once_and_read_back() -> None:
    assert files.keep(SLIP) == files.keep(SLIP)
    assert files.read(files.keep(SLIP)) == SLIP
    with pytest.raises(NotFound):
        files.read("0" * 64)


@pytest.mark.parametrize("digest", ["", "../../secrets.json", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_digest_never_becomes_a_path(digest: str) -> None:
    with pytest.raises(ValidationError):
        Reply.model_validate({"file": {"sha256": digest, "name": "x", "content_type": "application/pdf", "size": 1}})


# Which messages a draft becomes


def test_a_picture_carries_its_text_and_a_document_comes_after_it() -> None:
    picture, document = card(), slip()
    assert outgoing.pieces(TEMPLATES, Draft("Sua carteirinha.", file=picture)) == [
        Piece("Sua carteirinha.", file=picture)
    ]
    assert outgoing.pieces(TEMPLATES, Draft("Sua fatura.", file=document)) == [
        Piece("Sua fatura."), Piece("", file=document)
    ]  # fmt: skip


def test_a_file_without_words_is_one_message() -> None:
    assert outgoing.pieces(TEMPLATES, Draft(file=slip())) == [Piece("", file=slip())]


def test_what_is_to_be_chosen_stands_after_the_file() -> None:
    assert outgoing.pieces(TEMPLATES, Draft("Mais alguma?", (YES,), card())) == [
        Piece("", file=card()), Piece("Mais alguma?\n\n*1* - Sim", (YES,)),
    ]  # fmt: skip


def test_a_text_too_long_for_a_caption_goes_before_the_picture_whole() -> None:
    *texts, last = outgoing.pieces(TEMPLATES, Draft("palavra " * 300, file=card()))
    assert last == Piece("", file=card())
    assert " ".join(piece.text for piece in texts).split() == ["palavra"] * 300


# The signed address


def test_an_address_names_its_file_for_the_set_minutes() -> None:
    media_id = uuid4()
    written = signed(media_id)
    last = NOON + timedelta(minutes=settings().media_link_minutes)
    assert outgoing_files.media_behind(written, now=NOON) == media_id
    assert outgoing_files.media_behind(written, now=last - timedelta(seconds=1)) == media_id
    assert outgoing_files.media_behind(written, now=last) is None


def test_an_address_with_any_letter_changed_names_nothing() -> None:
    written = signed(uuid4())
    for place, letter in enumerate(written):
        changed = written[:place] + ("B" if letter == "A" else "A") + written[place + 1 :]
        assert outgoing_files.media_behind(changed, now=NOON) is None


@pytest.mark.parametrize(
    "change", ["{start}", "{whole}A", "{whole}=", "{whole}\n", " {whole}", "{whole}{whole}", "", "ção", "%%%"]
)
def test_an_address_written_otherwise_names_nothing(change: str) -> None:
    whole = signed(uuid4())
    assert outgoing_files.media_behind(change.format(whole=whole, start=whole[:-1]), now=NOON) is None


def test_an_address_signed_with_another_key_names_nothing_and_without_a_key_none_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = signed(uuid4())
    monkeypatch.setattr(settings(), "secret_key", SecretStr("another"))
    assert outgoing_files.media_behind(written, now=NOON) is None
    monkeypatch.setattr(settings(), "secret_key", SecretStr(""))
    with pytest.raises(InvalidInput):
        signed(uuid4())


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("fatura.pdf", "inline; filename=\"fatura.pdf\"; filename*=UTF-8''fatura.pdf"),
        ("fatura março.pdf", "inline; filename=\"fatura marco.pdf\"; filename*=UTF-8''fatura%20mar%C3%A7o.pdf"),
        ('a"\r\nX: b.pdf', "inline; filename=\"aX: b.pdf\"; filename*=UTF-8''a%22%0D%0AX%3A%20b.pdf"),
        ("", "inline; filename=\"arquivo\"; filename*=UTF-8''"),
    ],
)
def test_the_name_goes_with_the_file(name: str, header: str) -> None:
    assert disposition(name) == header


# What is written


async def rows(store: Store) -> list[tuple[str, str, str, bool]]:
    """Kind, body, the outbox's body, and whether a file is with it, in order."""
    query = select(Message.kind, Message.body, OutboxRow.body, OutboxRow.media_id).join(OutboxRow)
    async with store.sessions() as session:
        return [
            (row[0], row[1], row[2], row[3] is not None) for row in await session.execute(query.order_by(Message.id))
        ]


async def test_a_document_is_a_message_a_file_and_an_outbox_row_that_holds_no_address(desk: Desk) -> None:
    conversation_id = await desk.write(ANA, "segunda via")
    await desk.assistant_sends(conversation_id, Draft("Sua fatura.", file=slip()))
    assert await rows(desk.store) == [
        ("text", "Sua fatura.", "Sua fatura.", False),
        ("document", "fatura-março.pdf", "", True),
    ]
    async with desk.store.sessions() as session:
        media = (await session.execute(select(Media))).scalar_one()
    assert (media.state, media.sha256, media.size, media.url) == ("stored", files.keep(SLIP), len(SLIP), "")


async def test_a_reply_with_a_request_key_that_is_sent_again_is_refused_whole(desk: Desk) -> None:
    conversation_id = await desk.write(ANA, "carteirinha")
    await desk.assistant_sends(conversation_id, Draft("Aqui.", file=card()), request_key="once")
    with pytest.raises(Exception, match="uq_message_request_key"):
        await desk.assistant_sends(conversation_id, Draft("Aqui.", file=card()), request_key="once")
    assert await rows(desk.store) == [("image", "Aqui.", "Aqui.", True)]


async def test_a_turns_answer_stored_twice_writes_its_files_once_and_in_order(desk: Desk) -> None:
    await desk.write(ANA, "quero a segunda via e a carteirinha")
    claimed = await inbox.claim(desk.store)
    assert claimed is not None
    answer = Answer(replies=[Reply(text="Achei."), of(slip()), of(card()), Reply(text="Mais alguma coisa?")])
    answer = Answer.model_validate_json(answer.model_dump_json())  # as it comes from the assistant
    assert await inbox.store_answer(desk.store, TEMPLATES, claimed, answer)
    assert not await inbox.store_answer(desk.store, TEMPLATES, claimed, answer)
    assert [(kind, said) for kind, said, _, _ in await rows(desk.store)] == [
        ("text", "Achei."), ("text", "Aqui está."), ("document", "fatura-março.pdf"), ("image", "Aqui está."),
        ("text", "Mais alguma coisa?"),
    ]  # fmt: skip
    async with desk.store.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Media)) == 2
        turn = (await session.execute(select(Turn))).scalar_one()
    assert Answer.model_validate(turn.answer) == answer


async def test_where_a_person_was_first_the_file_is_kept_for_him_and_never_fetched(
    desk: Desk, twilio: httpx.AsyncClient
) -> None:
    conversation_id = await desk.write(ANA, "segunda via")
    claimed = await inbox.claim(desk.store)
    assert claimed is not None
    await desk.hand_over(conversation_id)
    assert await inbox.store_answer(desk.store, TEMPLATES, claimed, Answer(replies=[of(slip())]))
    async with desk.store.sessions() as session:
        message, media = (
            await session.execute(select(Message, Media).join(Media, Media.message_id == Message.id))
        ).one()
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert (message.state, message.kind, message.body) == ("unsent", "document", "Aqui está.")
    assert (await twilio.get(f"/media/{signed(media.id, datetime.now(UTC))}")).status_code == 404


# Who may fetch


async def outgoing_media(desk: Desk) -> Media:
    conversation_id = await desk.write(ANA, "segunda via")
    await desk.assistant_sends(conversation_id, Draft(file=slip()))
    async with desk.store.sessions() as session:
        return (await session.execute(select(Media))).scalar_one()


async def test_who_has_the_address_gets_the_file_under_its_name(desk: Desk, twilio: httpx.AsyncClient) -> None:
    media = await outgoing_media(desk)
    for method, content in (("GET", SLIP), ("HEAD", b"")):
        answer = await twilio.request(method, f"/media/{signed(media.id, datetime.now(UTC))}")
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-length"] == str(len(SLIP))
        assert answer.headers["content-disposition"] == disposition("fatura-março.pdf")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"


async def test_everybody_else_gets_the_same_404_whatever_is_wrong(desk: Desk, twilio: httpx.AsyncClient) -> None:
    media, now = await outgoing_media(desk), datetime.now(UTC)
    late = now - timedelta(minutes=settings().media_link_minutes)
    wrong = [signed(media.id, late), signed(uuid4(), now), signed(media.id, now)[:-2] + "AA", str(media.id), "x"]
    answers = [await twilio.get(f"/media/{each}") for each in wrong]
    files.path_of(media.sha256).unlink()
    answers.append(await twilio.get(f"/media/{signed(media.id, now)}"))
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, "not found")}
    assert (await twilio.post(f"/media/{signed(media.id, now)}")).status_code == 405


async def test_a_file_that_a_person_sent_never_leaves_by_this_door(desk: Desk, twilio: httpx.AsyncClient) -> None:
    received = InboundMedia("https://media.invalid/1", "application/pdf")
    await desk.receives(inbound(ANA, "", kind="document", media=(received,)))
    async with desk.store.unit_of_work() as session:
        media = (await session.execute(select(Media))).scalar_one()
        media.state, media.sha256, media.content_type = "stored", files.keep(SLIP), "application/pdf"
    assert (await twilio.get(f"/media/{signed(media.id, datetime.now(UTC))}")).status_code == 404


# What the actions are told


@pytest.mark.parametrize("people", [0, 1, 2])
async def test_a_turn_tells_how_many_people_use_the_number(desk: Desk, people: int) -> None:
    await desk.add(Plan(code="p", name="Plano", ans_code="1", coverage="", accommodation="", area=""))
    for number in range(people):
        contract = Contract(number=str(number), kind="individual", plan_code="p", signed_on=date(2025, 1, 1))
        await desk.add(contract)
        person = Beneficiary(
            full_name=f"Pessoa {number}", cpf=f"{number:011d}", birth_date=date(1980, 1, 1), mother_name="Mãe",
            card_number=f"{number:014d}", standing="holder", contract_id=contract.id, joined_on=date(2025, 1, 1),
        )  # fmt: skip
        await desk.add(person)
        await desk.add(BeneficiaryPhone(beneficiary_id=person.id, number="+5598988000005"))
    no_ninth_digit = {"MessageSid": "SM" + "0" * 32, "From": "whatsapp:+559888000005", "To": OUR_ADDRESS, "Body": "oi"}
    await desk.receives(read_form(no_ninth_digit))
    claimed = await inbox.claim(desk.store)
    assert claimed is not None
    context = dict(claimed.context or {})
    assert len(set(context.pop("own_number_of"))) == people  # type: ignore[call-overload]
    assert datetime.fromisoformat(str(context.pop("written_at"))).tzinfo is not None
    assert context == {
        "kinds": [], "attachments": 0, "files": [], "people_on_number": people, "number": "+5598988000005",
    }  # fmt: skip
