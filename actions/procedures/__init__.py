"""Procedures in the chat: asking for one, and where what was asked for stands. [processes.md, 4]"""
