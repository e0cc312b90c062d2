"""Boards and the protocol's page: the teams' work, whether a conversation is open or not. [processes.md 9]"""
