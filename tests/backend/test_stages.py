"""The machines of the boards: every stage is reached, none is a dead end, and nobody makes another's move."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from backend.actor import ActorKind
from backend.errors import InvalidInput, NotAllowed
from backend.news_told import PROCESSES
from backend.protocols.kinds import KINDS
from backend.protocols.machines import DISPUTE, HOLDER_CHANGE, MACHINES, REGISTRATION_UPDATE, stage_title
from backend.protocols.stages import Machine
from backend.protocols.steps import title_of

NEWS = yaml.safe_load(Path("data/responses/news.yml").read_text(encoding="utf-8"))["responses"]
each = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.kind)


@each
def test_every_stage_is_reached_from_the_start_and_leads_to_an_end(machine: Machine) -> None:
    ways = {stage: {move.target for move in machine.moves if stage in move.sources} for stage in machine.stages}
    reached: set[str] = set()
    front = {machine.start}
    while front:
        reached |= front
        front = {target for stage in front for target in ways[stage]} - reached
    assert reached == set(machine.stages)
    for stage, details in machine.stages.items():
        assert bool(ways[stage]) != details.ended, f"{stage} has moves exactly where it is no end"


@each
def test_moves_lead_between_stages_that_exist_and_what_they_tell_is_written(machine: Machine) -> None:
    for move in machine.moves:
        assert {*move.sources, move.target} <= machine.stages.keys()
        assert not move.tells or f"utter_news_{move.tells}" in NEWS, move.tells
    assert machine.kind in KINDS.keys() & PROCESSES.keys()


@each
def test_the_assistant_ends_nothing_but_what_the_person_withdraws_or_confirms(machine: Machine) -> None:
    by_program = [m for m in machine.moves if machine.stages[m.target].ended and {"assistant", "person"} & m.by]
    assert {move.name for move in by_program} <= {"withdraw", "confirm"}


@pytest.mark.parametrize(
    ("machine", "present", "tried", "error"),
    [
        (DISPUTE, "in_analysis", ("find_valid", "assistant", "x"), NotAllowed),
        (DISPUTE, "in_analysis", ("find_valid", "attendant", " "), InvalidInput),
        (DISPUTE, "gathering", ("find_valid", "attendant", "x"), InvalidInput),
        (DISPUTE, "settled", ("settle", "attendant", ""), InvalidInput),
        (HOLDER_CHANGE, "in_review", ("finish", "system", ""), NotAllowed),
        (REGISTRATION_UPDATE, "in_review", ("nothing", "attendant", ""), InvalidInput),
        (REGISTRATION_UPDATE, "from before", ("finish", "attendant", ""), InvalidInput),
    ],
)
def test_a_wrong_move_is_refused(
    machine: Machine, present: str, tried: tuple[str, ActorKind, str], error: type[Exception]
) -> None:
    name, by, reason = tried
    with pytest.raises(error):
        machine.check(present, name, by, reason=reason)


def test_a_right_move_is_given_with_what_it_tells() -> None:
    move = DISPUTE.check("in_analysis", "find_improper", "attendant", reason="Não houve o exame.")
    assert (move.target, move.tells) == ("discount_asked", "dispute_improper")
    assert [move.name for move in DISPUTE.possible("discount_asked", "person")] == ["choose_current", "choose_future"]


def test_a_step_into_a_stage_is_read_as_the_stage() -> None:
    assert title_of("charge_dispute.in_analysis") == stage_title("charge_dispute", "in_analysis") == "em análise"
    assert title_of("charge_dispute.unknown") == title_of("nothing") == "em andamento"
