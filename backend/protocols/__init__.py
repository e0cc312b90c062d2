"""Protocols: one request, its number, its history. The unit of work of the desk. [processes.md, rule 1]"""
