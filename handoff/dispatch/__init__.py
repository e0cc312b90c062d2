"""The worker: inbox to assistant or desk, outbox to WhatsApp, what is due."""
