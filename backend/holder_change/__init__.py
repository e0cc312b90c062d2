"""A contract gets another holder. [processes.md 8]"""
