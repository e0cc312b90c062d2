"""Writing to the assistant as the demo's people do, and asking the database what came of it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from textwrap import indent
from typing import Any
from uuid import UUID

from backend.store.clock import local
from tests.stack import Stack, eventually

ANA = "cpf 529.982.247-25, nasci em 12/03/1985, mãe Lúcia Rocha"
BRUNO_CPF = "111.444.777-35"
CARLOS = "390.533.447-05 02/11/1978 teresa nunes"
DEBORA = "15350946056, 15/08/1980, minha mãe é Marta Alves"
ELZA = "71459364295 nascida 30 de janeiro de 1949 mãe Joana Ferreira"
FABIO = "862.883.667-57, 7/7/90, Rita Teixeira"
BRUNO = "11144477735, Bruno Rocha Lima, mãe Ana Beatriz Rocha"
HEITOR = "900.100.118-11 nasci 05/09/72, minha mãe é Celina Sampaio"
IRENE = "90010012974, 21/12/1958, mãe Odete Vasques"
KLEBER = "900.100.242-04, nascido em 14 de junho de 1983, mãe Sônia Antunes"
LIVIA = "cpf 90010035320 nasc 27/02/1991 mae vera sarmento"
NORMA = "900.100.475-06, 31/07/1970, Dalva Gusmão"
QUIRINO = "meu cpf é 900.100.608-63, nasci em 11/08/1987 e minha mãe é Zuleide Bastos"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
OGG = "T2dnUwACAAAAAAAAAAAAAAAAAAAAAAAAAAA="
WEBP = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
# Which intents each dialogue was understood as, in order: no two dialogues take the same way. (issue 3)
_ways: dict[tuple[str, ...], str] = {}


def say(stack: Stack, phone: str, text: str, *, replies: int = 1, **more: object) -> list[str]:
    """Writes and waits for so many replies to it; gives them."""
    before = len(stack.received(phone))
    stack.write(phone, text, **more)
    return stack.answers(phone, before + replies)[before:]


def tell(stack: Stack, phone: str, text: str, **more: object) -> str:
    """Writes, waits until the turn is answered and its messages have left; gives all of them as one text."""
    before = len(stack.received(phone))
    stack.write(phone, text, **more)
    settled(stack, phone)
    return "\n".join(stack.received(phone)[before:])


def settled(stack: Stack, phone: str) -> None:
    """Waits until nothing that the phone wrote is pending and everything for it has been sent."""
    query = (
        "SELECT bool_and(m.state IN ('done', 'unsent'))"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.recipient = p.address AND o.state IN ('ready','sending','unsure'))"
        " AND NOT EXISTS (SELECT 1 FROM turn t JOIN conversation d ON d.id = t.conversation_id"
        "                  WHERE d.contact_id = p.id AND t.state = 'open')"
        " FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s GROUP BY p.id, p.address"
    )
    eventually(lambda: stack.rows(query, f"whatsapp:{phone}") == [(True,)], seconds=40, what="an answered turn")


def owner(stack: Stack, phone: str) -> tuple[str, str | None]:
    """Who has the phone's newest conversation: (owner, team)."""
    query = (
        "SELECT c.owner, c.team FROM conversation c JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s ORDER BY c.opened_at DESC LIMIT 1"
    )
    rows = stack.rows(query, f"whatsapp:{phone}")
    return rows[0] if rows else ("", None)


def protocols(stack: Stack, phone: str) -> list[tuple[str, str, str]]:
    """The phone's protocols, oldest first: (kind, state, number)."""
    query = (
        "SELECT r.kind, r.state, r.number FROM protocol r JOIN conversation c ON c.id = r.conversation_id"
        " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s ORDER BY r.number"
    )
    return stack.rows(query, f"whatsapp:{phone}")


def of_protocols(stack: Stack, phone: str, table: str, columns: str) -> list[tuple[Any, ...]]:
    """Rows of a table that belong to the phone's protocols, oldest first."""
    query = (
        f"SELECT {columns} FROM {table} x JOIN protocol r ON r.id = x.protocol_id"  # noqa: S608 (names of our own)
        " JOIN conversation c ON c.id = r.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s ORDER BY x.id"
    )
    return stack.rows(query, f"whatsapp:{phone}")


def summary(stack: Stack, phone: str) -> str:
    """What was handed over to the desk with the phone's conversation."""
    query = (
        "SELECT o.summary FROM ownership o JOIN conversation c ON c.id = o.conversation_id"
        " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s AND o.owner = 'team' ORDER BY o.id DESC LIMIT 1"
    )
    rows = stack.rows(query, f"whatsapp:{phone}")
    return str(rows[0][0]) if rows else ""


@dataclass
class Booked:
    """An appointment as the backend has it; `starts` is local."""

    id: UUID
    state: str
    whom: str
    starts: datetime
    doctor: str
    street: str
    protocol: str


@dataclass
class Dialogue:
    """One person at one telephone; calling it writes, one message after the other, and gives the last answer."""

    stack: Stack
    phone: str
    last: str = ""
    answers: list[str] = field(default_factory=list)
    given: list[UUID] = field(default_factory=list)

    def __call__(self, *texts: str, **more: object) -> str:
        """Writes each text when the one before is answered; what was written and answered is shown where it fails."""
        for text in texts:
            self.last = tell(self.stack, self.phone, text, **more)
            self.answers.append(self.last)
            sys.stdout.write(f"> {text or more}\n{indent(self.last, '    ')}\n")
        return self.last

    @property
    def after_identity(self) -> int:
        """How many messages the person needed once he was identified (all but those of the identity)."""
        verified = [number for number, answer in enumerate(self.answers) if "Está tudo certo" in answer]
        return len(self.answers) - 1 - verified[0] if verified else len(self.answers)

    @property
    def protocols(self) -> list[tuple[str, str]]:
        """(kind, state) of the telephone's protocols, oldest first."""
        return [(kind, state) for kind, state, _ in protocols(self.stack, self.phone)]

    @property
    def owner(self) -> tuple[str, str | None]:
        """Who has the conversation: (owner, team)."""
        return owner(self.stack, self.phone)

    def appointments(self, *states: str) -> list[Booked]:
        """The appointments under the telephone's protocols, in the order in which they were made."""
        query = (
            "SELECT a.id, a.state, b.full_name, lower(a.during), v.name, l.street, r.number FROM appointment a"
            " JOIN protocol r ON r.id = a.protocol_id JOIN conversation c ON c.id = r.conversation_id"
            " JOIN contact p ON p.id = c.contact_id JOIN beneficiary b ON b.id = a.beneficiary_id"
            " JOIN slot s ON s.id = a.slot_id JOIN practice t ON t.id = s.practice_id JOIN place l ON l.id = t.place_id"
            " JOIN provider v ON v.id = a.provider_id WHERE p.address = %s ORDER BY a.made_at, a.id"
        )
        rows = [Booked(*row) for row in self.stack.rows(query, f"whatsapp:{self.phone}")]
        for row in rows:
            row.starts = local(row.starts)
        return [row for row in rows if not states or row.state in states]

    def booked(self) -> Booked:
        """The one appointment that was booked; the last message told all of it, and its protocol is closed."""
        [found] = self.appointments("booked")
        missing = [
            part
            for part in (f"{found.starts:%d/%m}", f"{found.starts:%H:%M}", found.doctor, found.street, found.protocol)
            if part not in self.last
        ]
        assert not missing, f"{missing} not in {self.last!r}"
        assert "Protocolo" in self.last
        assert self.appointments("held") == []
        return found

    def offered(self) -> list[str]:
        """The options of the last answer, without their numbers."""
        return re.findall(r"^\*\d+\* - (.+)$", self.last, re.MULTILINE)

    def given_booked(self, cpf: str, doctor: str, *, ahead: int = 5, hour: int = 0) -> Booked:
        """Books somebody with a doctor behind the assistant's back; gone when the test is over."""
        return self._given(cpf, doctor, ahead, hour, "booked")

    def _given(self, cpf: str, doctor: str, ahead: int, hour: int, state: str) -> Booked:
        query = (
            "INSERT INTO appointment (id, slot_id, provider_id, beneficiary_id, during, state, made_at, booked_at,"
            " request_key) SELECT gen_random_uuid(), s.id, v.id, b.id, tstzrange(s.starts_at, s.ends_at), %s,"
            " business_now(), business_now(), gen_random_uuid()::text"
            " FROM slot s JOIN practice t ON t.id = s.practice_id JOIN provider v ON v.id = t.provider_id, beneficiary b"
            " WHERE v.name = %s AND b.cpf = %s AND NOT s.withdrawn AND s.starts_at > date_trunc('day', business_now()) + make_interval(days => %s)"
            "   AND extract(hour FROM s.starts_at AT TIME ZONE 'America/Sao_Paulo') >= %s"
            "   AND NOT EXISTS (SELECT 1 FROM appointment x WHERE x.state IN ('held', 'booked') AND x.during && tstzrange(s.starts_at, s.ends_at)"
            "                    AND (x.provider_id = v.id OR x.beneficiary_id = b.id))"
            " ORDER BY s.starts_at LIMIT 1 RETURNING id, during"
        )
        digits = re.sub(r"\D", "", cpf)
        [(found, during)] = self.stack.rows(query, state, doctor, digits, ahead, hour)
        self.given.append(found)
        return Booked(found, state, "", local(during.lower), doctor, "", "")

    def state_of(self, appointment: Booked) -> str:
        """An appointment's present state."""
        return str(self.stack.rows("SELECT state FROM appointment WHERE id = %s", appointment.id)[0][0])

    def waiting(self) -> list[tuple[str, str, str]]:
        """The waiting list's entries under the telephone's protocols: (specialty, city, state)."""
        return of_protocols(self.stack, self.phone, "waiting_entry", "x.specialty, x.city, x.state")

    def summary(self) -> str:
        """What the desk was given."""
        return summary(self.stack, self.phone)

    def way(self) -> tuple[str, ...]:
        """What was understood, in order."""
        query = (
            "SELECT coalesce(t.payload->>'intent', t.understood->>'intent') FROM turn t"
            " JOIN conversation c ON c.id = t.conversation_id JOIN contact p ON p.id = c.contact_id"
            " WHERE p.address = %s ORDER BY t.asked_at, t.id"
        )
        return tuple(str(intent) for (intent,) in self.stack.rows(query, f"whatsapp:{self.phone}"))

    def goes_a_way_of_its_own(self, test: str, process: str = "") -> None:
        """AssertionError where another dialogue of the process was understood as the same sequence of intents."""
        before = _ways.setdefault((process, *self.way()), test)
        assert before == test, f"the same intents in the same order as {before}: {self.way()}"

    def clean_up(self) -> None:
        """What the dialogue booked, held or waits for makes way for others; its conversation is over."""
        own = (
            "SELECT r.id FROM protocol r JOIN conversation c ON c.id = r.conversation_id"
            " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s"
        )
        address = f"whatsapp:{self.phone}"
        gone = "SET state = 'released', held_until = NULL, ended_at = now() WHERE state IN ('held', 'booked') AND"
        self.stack.run(f"UPDATE appointment {gone} protocol_id IN ({own})", address)
        self.stack.run(f"UPDATE appointment {gone} id = ANY(%s)", self.given)
        leave = f"UPDATE waiting_entry SET state = 'left' WHERE state <> 'left' AND protocol_id IN ({own})"  # noqa: S608
        self.stack.run(leave, address)


def coming_day(stack: Stack, doctor: str, *, ahead: int = 2) -> date:
    """A day within the next week, at least so many days ahead, on which the doctor has free mornings and afternoons."""
    query = (
        "SELECT (s.starts_at AT TIME ZONE 'America/Sao_Paulo')::date AS day FROM slot s JOIN practice t ON t.id = s.practice_id"
        " JOIN provider v ON v.id = t.provider_id WHERE v.name = %s AND NOT s.withdrawn"
        "   AND s.starts_at > date_trunc('day', business_now()) + make_interval(days => %s)"
        "   AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.slot_id = s.id AND a.state IN ('held', 'booked'))"
        " GROUP BY day HAVING count(*) > 4 ORDER BY day LIMIT 1"
    )
    return stack.rows(query, doctor, ahead)[0][0]  # type: ignore[no-any-return]


def weekday(day: date) -> str:
    """'quinta'."""
    return WEEKDAYS[day.weekday()]
