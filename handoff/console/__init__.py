"""Attendants' and operators' pages."""
