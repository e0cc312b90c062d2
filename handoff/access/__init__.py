"""Accounts, roles, signed-in sessions."""
