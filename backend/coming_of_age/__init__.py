"""A dependent comes of age, or studies on: his papers, decided by the registration team. [processes.md 7]"""
