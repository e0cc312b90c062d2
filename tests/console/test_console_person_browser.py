"""The person's panel in a real browser: from finding somebody to the message that arrives, by mouse and by keyboard."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from backend.demo import load_agenda, load_invoices, load_network, load_procedures
from backend.procedures import catalogue
from backend.scheduling.tables import Appointment
from handoff.console.words import SECTIONS
from tests.console.browser_rig import CHROMIUM, Opens, accessible, chromium, listening, window
from tests.console.conftest import Elsewhere
from tests.console.console_rig import ANA, ANAS_CPF, CARLOS, CARLOS_CPF, DEBORAS_CPF, Desk

__all__ = ["chromium", "window"]
OLGA = "whatsapp:+5598988000014"

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium found: set CHROMIUM to its path")


async def waiting(desk: Desk, sender: str, name: str, cpf: str = "") -> UUID:
    conversation = await desk.write(sender, "preciso de ajuda", name=name)
    if cpf:
        await desk.verified(conversation, cpf)
    await desk.hand_over(conversation)
    return conversation


def taken(page: Page) -> None:
    """Takes the conversation and waits until it is there."""
    page.get_by_role("button", name="Assumir").click()
    expect(page.locator(".panel.acts")).to_be_attached()


def part(page: Page, title: str) -> None:
    page.get_by_role("navigation", name="Partes dos dados").get_by_role("link", name=title).click()
    expect(page.locator(".sections [aria-current]")).to_have_text(title)


@pytest.mark.parametrize(
    ("size", "scheme"), [("desktop", "light"), ("desktop", "dark"), ("laptop", "light"), ("phone", "light")]
)
def test_every_part_is_accessible(size: str, scheme: str, window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    elsewhere(load_catalogue(desk))
    elsewhere(desk.loads(load_network, load_agenda, load_invoices, load_procedures))
    conversation = elsewhere(waiting(desk, CARLOS, "Carlos", CARLOS_CPF))
    page = window("marta", f"/conversations/{conversation}", size=size, scheme=scheme)
    taken(page)
    if size == "phone":
        page.get_by_role("link", name="Dados", exact=True).click()
    for title in SECTIONS.values():
        part(page, title)
        accessible(page)
    part(page, "Agendar")
    page.get_by_label("Especialidade").select_option("cardiology")
    page.get_by_role("button", name="Procurar horários").click()
    page.get_by_label("Para quem").select_option(label="Débora Nunes Alves (você decide)")
    expect(page.get_by_label("Por que você decidiu atender")).to_be_visible()
    page.get_by_label("Por que você decidiu atender").fill("Ela pediu por telefone.")
    page.get_by_role("button", name="Reservar").first.click()
    expect(page.get_by_role("button", name="Marcar e avisar")).to_be_visible()
    accessible(page)


async def load_catalogue(desk: Desk) -> None:
    async with desk.store.unit_of_work() as session:
        await catalogue.load(session)


def test_from_an_unknown_voice_to_a_booked_appointment(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    elsewhere(desk.loads(load_network, load_agenda))
    conversation = elsewhere(waiting(desk, OLGA, "Família Pacheco"))
    page = window("marta", f"/conversations/{conversation}")
    listening(page)
    taken(page)
    part(page, "Cadastro")
    page.get_by_label("Procurar no cadastro").fill("paula pacheco")
    page.get_by_label("Procurar no cadastro").press("Enter")
    expect(page.get_by_role("heading", name="Encontrados")).to_be_visible()
    page.get_by_role("link", name="Paula Pacheco Freire").first.click()
    expect(page.get_by_text("sem identidade confirmada")).to_be_visible()
    for fact in ("CPF", "Nascimento", "Nome da mãe"):
        page.get_by_role("group").get_by_label(re.compile(fact, re.IGNORECASE)).check()
    page.get_by_role("button", name="Confirmar identidade").click()
    expect(page.get_by_role("status").filter(has_text="Identidade confirmada.")).to_be_focused()
    expect(page.get_by_label("Identidade")).to_contain_text("não fale de valores com esta pessoa")
    part(page, "Agendar")
    page.get_by_label("Especialidade").select_option(label="Cardiologia")
    page.get_by_label("Dias e horas").fill("semana que vem de manhã")
    page.get_by_role("button", name="Procurar horários").click()
    expect(page.get_by_text("Entendi: ")).to_be_visible()
    boxes = page.get_by_role("checkbox", name=re.compile("^Propor"))
    for n in range(3):
        boxes.nth(n).check()
    expect(boxes.nth(3)).to_be_disabled()
    page.get_by_role("button", name="Propor marcados").click()
    expect(page.get_by_role("log")).to_contain_text("Qual você prefere?")
    page.get_by_role("button", name=re.compile("^Reservar")).first.click()
    expect(page.get_by_role("heading", name="Reservado, vence em")).to_be_in_viewport()
    page.get_by_role("button", name="Marcar e avisar").dblclick()
    expect(page.get_by_role("log")).to_contain_text("Para: Paula Pacheco Freire")
    expect(page.get_by_text("Consulta marcada e avisada.")).to_be_visible()
    sent = [message.body for message in elsewhere(desk.messages(conversation, "out"))]
    assert len([body for body in sent if "Protocolo:" in body]) == 1
    assert len(elsewhere(desk.rows(Appointment, Appointment.state == "booked", Appointment.booked_at.is_not(None)))) > 0


def test_a_second_copy_arrives_in_the_conversation(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    elsewhere(desk.loads(load_invoices))
    conversation = elsewhere(waiting(desk, CARLOS, "Carlos", CARLOS_CPF))
    page = window("marta", f"/conversations/{conversation}")
    listening(page)
    taken(page)
    part(page, "Faturas")
    page.get_by_role("button", name=re.compile("Enviar segunda via de")).first.dblclick()
    expect(page.get_by_role("log").get_by_role("link", name=re.compile(r"boleto-.*\.pdf"))).to_have_count(1)
    expect(page.get_by_role("log").get_by_role("img")).to_have_count(1)
    expect(page.get_by_text("Segunda via enviada na conversa.")).to_be_visible()
    other = elsewhere(waiting(desk, "whatsapp:+5598988000004", "Débora", DEBORAS_CPF))
    page.goto(f"/conversations/{other}")
    taken(page)
    part(page, "Faturas")
    expect(page.get_by_text("Não fale de valores com esta pessoa.").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Enviar"))).to_have_count(1)  # the composer's own


def test_what_is_half_typed_in_the_panel_outlives_new_messages(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    elsewhere(desk.loads(load_network, load_agenda))
    conversation = elsewhere(waiting(desk, ANA, "Ana Beatriz", ANAS_CPF))
    page = window("marta", f"/conversations/{conversation}")
    listening(page)
    taken(page)
    expect(page.get_by_role("log")).to_contain_text("assumiu a conversa.")
    part(page, "Protocolos")
    page.get_by_text("Abrir protocolo…").click()
    box = page.get_by_label("O que a pessoa pede")
    box.press_sequentially("Quer mudar o ender")
    elsewhere(desk.write(ANA, "tem alguém aí?"))
    expect(page.get_by_role("log")).to_contain_text("tem alguém aí?")
    expect(box).to_have_value("Quer mudar o ender")
    expect(box).to_be_focused()
    # what is refused leaves the text where it was
    box.press("Tab")
    page.get_by_label("Assunto").select_option("registration_update")
    page.evaluate("document.querySelector('.panel [name=request_key]').value = 'estragado'")
    page.get_by_role("button", name="Abrir protocolo", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Recarregue a página e tente de novo.")
    expect(box).to_have_value("Quer mudar o ender")


def test_the_conversations_own_part_refreshes_by_itself(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    conversation = elsewhere(waiting(desk, ANA, "Ana Beatriz"))
    page = window("marta", f"/conversations/{conversation}")
    listening(page)
    expect(page.get_by_text("Nenhum protocolo nesta conversa.")).to_be_visible()
    elsewhere(desk.known_person(conversation))
    elsewhere(desk.write(ANA, "pronto, mandei meus dados"))
    expect(page.get_by_label("Identidade")).to_contain_text("Ana Beatriz Rocha")
    expect(page.locator(".panel")).to_contain_text("99999920261122000017")


def test_the_keyboard_is_enough_to_book(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    elsewhere(desk.loads(load_network, load_agenda))
    conversation = elsewhere(waiting(desk, ANA, "Ana Beatriz", ANAS_CPF))
    page = window("marta", f"/conversations/{conversation}")
    listening(page)
    page.get_by_role("button", name="Assumir").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel.acts")).to_be_visible()
    page.locator("body").press("4")
    expect(page.locator(".sections [aria-current]")).to_have_text("Agendar")
    walk(page, "Especialidade")
    page.keyboard.type("Cardiologia")
    walk(page, "Dias e horas, como a pessoa disse")
    page.keyboard.type("o mais cedo possível")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Entendi: o mais cedo possível.")).to_be_visible()
    expect(page.get_by_label("Dias e horas")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Reservar":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Horário reservado. Pergunte à pessoa e marque.")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Marcar e avisar")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Para: Ana Beatriz Rocha")
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Mensagem")).to_be_focused()


def walk(page: Page, label: str) -> None:
    """Tabs on until the field of this label has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.textContent") == label:
            return
    pytest.fail(f"{label} is never reached by Tab")
