"""What goes wrong on demand, as it does with the real service."""

import random
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Probability = Annotated[float, Field(ge=0, le=1)]


class RefusedSends(BaseModel):
    """The next `count` sends are answered with an error."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=0)
    status: int = Field(default=503, ge=400, le=599)
    code: int = 20503
    retry_after: float | None = None


class CallbackFaults(BaseModel):
    """What happens to status callbacks: lost, repeated, out of order, late."""

    model_config = ConfigDict(extra="forbid")

    drop: Probability = 0.0
    double: Probability = 0.0
    shuffle: bool = False
    delay: float = Field(default=0.0, ge=0)


class FaultPlan(BaseModel):
    """The faults in force. Counters go down as they are used."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    sends: RefusedSends = RefusedSends(count=0)
    accept_then_drop: int = Field(default=0, ge=0)
    drop_before_accept: int = Field(default=0, ge=0)
    accept_delay: float = Field(default=0.0, ge=0, description="seconds before a message is taken")
    response_delay: float = Field(default=0.0, ge=0, description="seconds after it was taken, before the answer")
    callbacks: CallbackFaults = CallbackFaults()
    media_404: int = Field(default=0, ge=0)
    async_error: dict[str, int] = Field(default_factory=dict)
    blocked: list[str] = Field(default_factory=list)
    not_on_whatsapp: list[str] = Field(default_factory=list)
    read: bool = False
    seed: int = 0


class Faults:
    """The plan, and the seeded chance that goes with it."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.plan = FaultPlan()
        self.random = random.Random(self.plan.seed)

    def change(self, plan: FaultPlan) -> None:
        """Take over the fields that `plan` names; the others stay. A named seed starts chance anew."""
        for name in plan.model_fields_set:
            setattr(self.plan, name, getattr(plan, name))
        if "seed" in plan.model_fields_set:
            self.random = random.Random(plan.seed)

    def take(self, counter: str) -> bool:
        """Use up one of a counted fault; false when there is none left."""
        left = int(getattr(self.plan, counter))
        if left > 0:
            setattr(self.plan, counter, left - 1)
        return left > 0

    def take_refusal(self) -> RefusedSends | None:
        """Use up one refused send."""
        refusal = self.plan.sends
        if refusal.count == 0:
            return None
        self.plan.sends = refusal.model_copy(update={"count": refusal.count - 1})
        return refusal

    def happens(self, probability: float) -> bool:
        """Throw the seeded dice."""
        return self.random.random() < probability

    def error_for(self, phone: str) -> int | None:
        """The code a message to this telephone ends with, if one was set."""
        if phone in self.plan.blocked:
            return 63024
        if phone in self.plan.not_on_whatsapp:
            return 63003
        return self.plan.async_error.get(phone)
