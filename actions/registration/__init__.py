"""Updating the register in the chat. [processes.md 2]"""
