"""Arrears in the chat: what is owed, its notice, ways to settle, and answers to the plan's calls. [processes.md 6]"""
