"""The health plan: its data and its rules. No chat, no HTML, no Rasa."""
