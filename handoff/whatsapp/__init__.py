"""Twilio: webhook, signature, sender, media, templates and the 24-hour window."""
