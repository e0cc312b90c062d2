"""Disputing a charge in the chat, and choosing how what was wrongly charged comes back. [processes.md, 3]"""
