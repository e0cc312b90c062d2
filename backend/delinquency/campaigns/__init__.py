"""Calling the people of finance's list: who is called, what each answer leads to, how far it has come. [processes.md 6]

`verbs` is what the coordination does with a campaign, `people` who may be called and why not, `preview` what an
approval would start, `answers` what was answered, `funnel` how far it is. Whoever sends is handoff's.
"""
