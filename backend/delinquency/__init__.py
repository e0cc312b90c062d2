"""Delinquency: who is in arrears, who is called, what counts as notice. [processes.md 6, RN 593/2023, seed 004]"""
