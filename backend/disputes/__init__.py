"""Disputed charges: what a beneficiary says is wrong on an invoice, and what medical accounts find. [processes.md 3]"""
