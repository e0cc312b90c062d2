"""Everything the simulator remembers, in memory."""

from simulator.model import Content, Inbound, Media, Message, Phone

DEMO_PHONES = {
    "+5598988000001": "Ana Beatriz Rocha",
    "+5598988000002": "Bruno Rocha Lima",
    "+5598988000003": "Carlos Eduardo Nunes",
    "+5598988000004": "Débora Nunes Alves",
    "+559888000005": "Elza Ferreira Costa",
    "+5511988000006": "Fábio Teixeira Melo",
}
NINTH_DIGIT_AT = 5
LONG_BRAZILIAN_NUMBER = 14


class Store:
    """Messages, media, templates and telephones."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.inbound: dict[str, Inbound] = {}
        self.contents: dict[str, Content] = {}
        self.phones = {number: Phone(number, name) for number, name in DEMO_PHONES.items()}
        self._by_phone: dict[str, list[Message]] = {}
        self._by_cdn_key: dict[str, Media] = {}

    def add_message(self, message: Message) -> None:
        """Remember a message in either direction."""
        self.messages[message.sid] = message
        self._by_phone.setdefault(message.phone, []).append(message)
        for media in message.media:
            self.add_media(media)

    def add_media(self, media: Media) -> None:
        """Make a file's bytes findable by the random part of their address."""
        self._by_cdn_key[media.cdn_key] = media

    def media_behind(self, cdn_key: str) -> Media | None:
        """The file served under this random key."""
        return self._by_cdn_key.get(cdn_key)

    def messages_of(self, phone: str) -> list[Message]:
        """A telephone's messages, oldest first."""
        return self._by_phone.get(phone, [])

    def phone(self, number: str, name: str = "") -> Phone:
        """The telephone with this number, made on first sight."""
        known = self.phones.get(number)
        if known is None:
            known = self.phones[number] = Phone(number, name or number)
        return known

    def whatsapp_number(self, number: str) -> str:
        """The number as WhatsApp knows it.

        Old Brazilian accounts have no ninth digit, and WhatsApp reaches them by either way of
        writing; whoever answers is told the account's own.
        """
        if number in self.phones or not number.startswith("+55"):
            return number
        if len(number) == LONG_BRAZILIAN_NUMBER and number[NINTH_DIGIT_AT] == "9":
            other = number[:NINTH_DIGIT_AT] + number[NINTH_DIGIT_AT + 1 :]
        else:
            other = number[:NINTH_DIGIT_AT] + "9" + number[NINTH_DIGIT_AT:]
        return other if other in self.phones else number
