"""A Twilio that runs here: Messages API, signed webhooks, media, statuses and a telephone to look at.

It talks HTTP alone and imports none of the other rooms; nothing in it is possible that the real
service cannot do.
"""
