"""Files that people sent: who may see them, how they are served, how they are fetched again."""

from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from backend.audit import AuditRow
from backend.settings import settings
from backend.store.files import File, keep, new_key
from handoff.conversations.tables import Media
from handoff.file_response import disposition
from handoff.whatsapp.inbound import InboundMedia
from handoff.whatsapp.outgoing import Draft
from tests.console.console_rig import ANA, ANAS_CPF, BRUNO, CARLOS_CPF, Desk, OpenBrowser, inbound


async def with_file(desk: Desk, content: bytes, content_type: str, **values: object) -> tuple[UUID, UUID]:
    """A conversation with a file, stored unless the values say otherwise."""
    file = InboundMedia("https://media.invalid/1", content_type)
    conversation = await desk.receives(inbound(ANA, "", kind="document", media=(file,)))
    digest = keep(content)
    async with desk.store.unit_of_work() as session:
        media = (await session.execute(select(Media))).scalar_one()
        stored = {"state": "stored", "sha256": digest, "size": len(content), "content_type": content_type}
        for name, value in (stored | values).items():
            setattr(media, name, value)
    return conversation, media.id


async def audited(desk: Desk, action: str) -> int:
    async with desk.store.unit_of_work() as session:
        query = select(func.count()).select_from(AuditRow).where(AuditRow.action == action)
        return await session.scalar(query) or 0


@pytest.mark.parametrize(
    ("content_type", "served", "disposition"),
    [
        ("image/png", "image/png", "inline"),
        ("image/JPEG; charset=binary", "image/jpeg", "inline"),
        ("application/pdf", "application/pdf", "inline"),
        ("audio/ogg", "audio/ogg", "inline"),
        ("text/html", "application/octet-stream", "attachment"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("application/zip", "application/octet-stream", "attachment"),
    ],
)
async def test_only_harmless_files_open_in_the_browser(
    content_type: str, served: str, disposition: str, desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation, media = await with_file(desk, b"<script>alert(1)</script>", content_type)
    answer = await browser.get(f"/conversations/{conversation}/media/{media}")
    assert answer.status_code == 200
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == served
    assert answer.headers["content-disposition"].startswith(disposition)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ("sandbox" in answer.headers["content-security-policy"]) == (content_type != "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    assert await audited(desk, "console.media") == 1


async def test_a_player_is_given_the_pieces_that_it_asks_for_and_looks_once(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation, media = await with_file(desk, bytes(range(100)), "audio/ogg")
    link = f"/conversations/{conversation}/media/{media}"
    for asked, first, last in (
        ("bytes=0-", 0, 99),
        ("bytes=10-19", 10, 19),
        ("bytes=-5", 95, 99),
        ("bytes=90-500", 90, 99),
    ):
        answer = await browser.client.get(link, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, bytes(range(first, last + 1))), asked
        assert answer.headers["content-range"] == f"bytes {first}-{last}/100"
        assert answer.headers["content-type"] == "audio/ogg"
    assert (await browser.client.get(link, headers={"Range": "bytes=100-"})).status_code == 416
    assert await audited(desk, "console.media") == 1


@pytest.mark.parametrize("asked", ["bytes=1-", "bytes=-99", "bytes=5-6,8-9", "lines=1-2"])
async def test_a_look_at_a_part_is_a_look(asked: str, desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation, media = await with_file(desk, bytes(range(100)), "audio/ogg")
    link = f"/conversations/{conversation}/media/{media}"
    assert (await browser.client.get(link, headers={"Range": asked})).is_success
    assert await audited(desk, "console.media") == 1


async def test_a_file_whose_key_is_missing_is_said_to_be_so(
    desk: Desk, open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation, media = await with_file(desk, b"\x89PNG", "image/png")
    monkeypatch.setattr(settings(), "files_key", SecretStr(new_key()))
    answer = await browser.get(f"/conversations/{conversation}/media/{media}")
    assert (answer.status_code, "falta a chave que o abre" in answer.text) == (404, True)
    assert await audited(desk, "console.media") == 0


async def test_a_file_is_shown_in_its_own_conversation_alone(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation, media = await with_file(desk, b"x", "image/png")
    other = await desk.write(BRUNO, "oi")
    for path in (f"/conversations/{other}/media/{media}", f"/conversations/{conversation}/media/{uuid4()}"):
        answer = await browser.get(path)
        assert (answer.status_code, "Este arquivo não existe." in answer.text) == (404, True)
    assert await audited(desk, "console.media") == 0


async def test_a_file_that_failed_can_be_fetched_again(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation, media = await with_file(
        desk,
        b"x",
        "image/png",
        state="failed",
        attempts=5,
        error="O arquivo veio vazio.",
        sha256="",
        next_attempt_at=None,
    )
    page = (await browser.get(f"/conversations/{conversation}")).text
    assert "não conseguimos buscar o arquivo. O arquivo veio vazio." in page
    assert (await browser.get(f"/conversations/{conversation}/media/{media}")).status_code == 404
    answer = await browser.post(f"/conversations/{conversation}/media/{media}/retry")
    assert "buscando arquivo…" in answer.text
    async with desk.store.unit_of_work() as session:
        row = await session.get_one(Media, media)
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    assert (row.state, row.attempts, row.error) == ("waiting", 0, "")
    assert row.next_attempt_at is not None
    assert row.next_attempt_at <= now
    assert await audited(desk, "console.media_retry") == 1


async def test_what_arrived_is_not_fetched_again(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation, media = await with_file(desk, b"x", "image/png")
    answer = await browser.post(f"/conversations/{conversation}/media/{media}/retry")
    assert (answer.status_code, "Este arquivo já chegou." in answer.text) == (422, True)


async def test_a_file_that_we_sent_stands_in_the_transcript_under_its_name_and_opens(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    conversation = await desk.write(ANA, "segunda via")
    slip = File(keep(b"%PDF-1.7"), "fatura-março.pdf", "application/pdf", 8)
    card = File(keep(b"\x89PNG"), "carteirinha.png", "image/png", 4)
    await desk.assistant_sends(conversation, Draft(file=slip))
    await desk.assistant_sends(conversation, Draft("Sua carteirinha.", file=card))
    async with desk.store.unit_of_work() as session:
        [first, second] = (await session.execute(select(Media.id).order_by(Media.message_id))).scalars()
    page = (await browser.get(f"/conversations/{conversation}")).text
    assert page.count("fatura-março.pdf") == 1
    assert f'href="/conversations/{conversation}/media/{first}"' in page
    assert f'<img src="/conversations/{conversation}/media/{second}" alt="Imagem: carteirinha.png"' in page
    assert "Sua carteirinha." in page
    answer = await browser.get(f"/conversations/{conversation}/media/{first}")
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    assert answer.headers["content-disposition"] == disposition("fatura-março.pdf")
    assert await audited(desk, "console.media") == 1


async def test_documents_of_earlier_conversations_are_their_persons_alone(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    conversation, media = await with_file(desk, b"%PDF-1.7", "application/pdf")
    own = await desk.claimed_by(browser, ANA, ANAS_CPF)
    assert own == f"/conversations/{conversation}"
    path = await desk.claimed_by(browser, BRUNO, ANAS_CPF)
    link = f"{own}/media/{media}"
    for here in (own, path):
        page = (await browser.get(f"{here}/person/documents", fragment=True)).text
        assert (page.count(link), link in page.split("De conversas anteriores")[1]) == (1, here == path)
    await desk.verified(UUID(path.split("/")[-1]), CARLOS_CPF)
    assert link not in (await browser.get(f"{path}/person/documents", fragment=True)).text
