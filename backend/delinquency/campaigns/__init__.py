"""Calling the people of finance's list: who is called, what each answer leads to. [processes.md 6]

`verbs` is what the coordination does with a campaign, `people` who may be called and why not, `preview` what an
approval would start, `answers` what was answered and how far each person came. Whoever sends is handoff's.
"""

from backend.delinquency.campaigns.outcomes import OUTCOMES

__all__ = ["OUTCOMES"]
