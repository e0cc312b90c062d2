"""The teams' boards: what waits on each, in columns, and an attendant's hand on one protocol. [processes.md 9]"""
