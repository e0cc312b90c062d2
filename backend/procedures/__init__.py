"""Procedures (ANS's TUSS table 22), the operator's rules about them, and authorizations."""
