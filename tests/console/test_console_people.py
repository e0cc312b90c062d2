"""Who the person is: finding a record, opening it, and vouching for an identity; every look leaves a trace."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.errors import InvalidInput
from backend.protocols.tables import Protocol
from backend.store import clock
from handoff.conversations.tables import Contact
from handoff.desk.vouching import check_facts
from tests.console.console_rig import ANA, ANAS_CPF, BRUNOS_CPF, DEBORAS_CPF, Desk, OpenBrowser, key

OLGA = "whatsapp:+5598988000014"
FACTS = ["cpf", "birth_date", "mother_name"]


@pytest.mark.parametrize(
    ("facts", "right"),
    [
        (("cpf", "birth_date", "mother_name"), True),
        (("cpf", "card", "full_name"), True),
        (("cpf", "birth_date"), False),
        (("birth_date", "mother_name", "full_name", "card"), False),
        (("cpf", "cpf", "cpf"), False),
        (("cpf", "birth_date", "shoe_size"), False),
        ((), False),
    ],
)
def test_three_facts_prove_somebody_and_the_cpf_is_one_of_them(facts: tuple[str, ...], right: bool) -> None:
    if right:
        check_facts(facts)
    else:
        with pytest.raises(InvalidInput):
            check_facts(facts)


async def test_several_people_on_one_number_are_shown_and_none_is_taken_for_granted(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser, OLGA, name="Família Pacheco")
    page = (await browser.get(f"{path}/person/registration", fragment=True)).text
    for words in (
        "Com este telefone no cadastro",
        "Olga Pacheco Freire",
        "Paula Pacheco Freire",
        "não prova quem escreve",
    ):
        assert words in page
    assert "Confirmar identidade" not in page
    assert await desk.audited("console.look") == []
    (search,) = await desk.audited("console.search")
    assert search.details["found"] == sorted(
        [str((await desk.person(cpf)).id) for cpf in ("90010048650", "90010059776")]
    )


async def test_the_register_is_searched_by_name_cpf_and_card_and_a_search_is_on_record(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser, "whatsapp:+5598977770000")
    for words in ("debora nunes", "153.509.460-56", "0064 1000 0002 02"):
        page = (await browser.get(f"{path}/person/registration", fragment=True, params={"q": words})).text
        assert "Débora Nunes Alves" in page
    nobody = (await browser.get(f"{path}/person/registration?q=zzzzzz", fragment=True)).text
    assert "Ninguém encontrado" in nobody
    debora = await desk.person(DEBORAS_CPF)
    found = await desk.audited("console.search")
    assert len(found) == 3
    assert all(str(debora.id) in str(row.details["found"]) for row in found)
    assert "debora" not in str([row.details for row in found])


async def test_only_who_has_the_conversation_opens_another_record(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    await desk.account("joana", "Joana Dias")
    await desk.account("otavio", "Otávio Prado", "operator")
    marta, joana, otavio = [await open_browser(name) for name in ("marta", "joana", "otavio")]
    await desk.loads()
    path = await desk.claimed_by(marta)
    bruno = await desk.person(BRUNOS_CPF)
    for browser in (joana, otavio):
        answer = await browser.get(f"{path}/person/registration?who={bruno.id}", fragment=True)
        assert (answer.status_code, "111.444.777-35" in answer.text) == (403, False)
        page = (await browser.get(f"{path}/person/registration?q=bruno", fragment=True)).text
        assert "Bruno" not in page
    assert await desk.audited("console.look") == []
    page = (await marta.get(f"{path}/person/registration?who={bruno.id}", fragment=True)).text
    assert "111.444.777-35" in page
    assert "sem identidade confirmada" in page
    (look,) = await desk.audited("console.look")
    assert (look.subject_kind, look.subject_id) == ("beneficiary", str(bruno.id))
    assert look.details == {"conversation": path.split("/")[-1], "section": "registration", "verified": False}


async def test_each_part_of_a_verified_persons_record_is_a_look_that_is_on_record(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    seen = ["registration", "appointments", "agenda", "invoices", "procedures", "protocols", "documents"]
    for code in [*seen, "conversation"]:
        assert (await browser.get(f"{path}/person/{code}", fragment=True)).status_code == 200
    looks = await desk.audited("console.look")
    assert [row.details["section"] for row in looks] == seen
    assert all(row.details["verified"] for row in looks)
    record = (await browser.get(f"{path}/person/registration", fragment=True)).text
    for words in (
        "Lúcia Rocha", "12/03/1985, 41 anos", "0064 1000 0001 01", "10000001", "individual", "Zelo Completo",
        "Avenida dos Holandeses", "ana@exemplo.invalid", "(98) 98800-0001", "Bruno Rocha Lima", "dependente",
    ):  # fmt: skip
        assert words in record
    assert (await browser.get(f"{path}/person/nothing", fragment=True)).status_code == 404


async def test_an_attendant_vouches_after_asking_and_the_conversation_knows_who_it_is(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser, OLGA, name="Família")
    conversation = UUID(path.split("/")[-1])
    await browser.post(f"{path}/protocols", kind="complaint", channel="telephone", text="Demora", request_key=key())
    olga = await desk.person("90010048650")
    form = {"who": str(olga.id), "seen": "", "request_key": key()}
    few = await browser.post(f"{path}/person/vouch", **form, fact=["cpf", "card"])
    assert (few.status_code, "pelo menos três dados, o CPF entre eles" in few.text) == (422, True)
    for _ in range(2):
        done = await browser.post(f"{path}/person/vouch", **form, fact=FACTS)
        assert (done.status_code, "Identidade confirmada." in done.text) == (200, True)
    assert "✓ Identidade confirmada às" in (await browser.get(path)).text
    (vouched,) = await desk.audited("console.vouch")
    assert vouched.details["facts"] == sorted(FACTS)
    assert vouched.details["beneficiary"] == str(olga.id)
    assert len(await desk.audited("identity.vouched")) == 1
    (protocol,) = await desk.rows(Protocol, Protocol.conversation_id == conversation, Protocol.kind == "complaint")
    assert protocol.beneficiary_id == olga.id


async def test_who_was_verified_meanwhile_is_not_overwritten(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser)
    bruno = await desk.person(BRUNOS_CPF)
    await desk.verified(UUID(path.split("/")[-1]), ANAS_CPF)
    form = {"who": str(bruno.id), "seen": "", "request_key": key()}
    answer = await browser.post(f"{path}/person/vouch", **form, fact=FACTS)
    assert (answer.status_code, "Confira de novo" in answer.text) == (409, True)
    assert "Ana Beatriz Rocha" in (await browser.get(path)).text


async def test_an_identity_lasts_while_the_person_writes_and_ends_with_his_silence(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    for minutes in (20, 40):
        async with desk.store.unit_of_work() as session:
            await clock.set_offset(session, ahead=timedelta(minutes=minutes))
        await desk.write(ANA, "ainda estou aqui")
    assert "✓ Identidade confirmada" in (await browser.get(path)).text
    async with desk.store.unit_of_work() as session:
        await clock.set_offset(session, ahead=timedelta(minutes=71))
    assert "confirme de novo antes de falar de dados" in (await browser.get(path)).text


async def test_on_a_number_that_several_people_share_a_few_quiet_minutes_end_it(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser, OLGA, "90010048650", name="Família")
    assert "✓ Identidade confirmada" in (await browser.get(path)).text
    async with desk.store.unit_of_work() as session:
        await clock.set_offset(session, ahead=timedelta(minutes=6))
    assert "confirme de novo" in (await browser.get(path)).text


async def test_a_part_of_the_record_has_an_address_of_its_own(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    await desk.loads()
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    page = (await browser.get(f"{path}?section=registration")).text
    assert "Lúcia Rocha" in page
    assert "<html" in page
    answer = await browser.get(f"{path}/person/invoices")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?section=invoices")


async def test_a_contact_without_a_telephone_breaks_nothing(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    path = await desk.claimed_by(browser)
    conversation = await desk.conversation(UUID(path.split("/")[-1]))
    await desk.change(Contact, conversation.contact_id, phone="")
    for code in ("registration", "appointments", "agenda", "invoices", "procedures", "protocols", "documents"):
        assert (await browser.get(f"{path}/person/{code}", fragment=True)).status_code == 200
