"""The conversation service: WhatsApp, dispatch, desk, console."""
