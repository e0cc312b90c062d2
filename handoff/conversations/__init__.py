"""Contacts, conversations, messages, who owns them, inbox and outbox."""
