"""One family of errors: a code, a sentence for the person, a sentence for the log."""

from __future__ import annotations


class ZeloError(Exception):
    """Something that cannot be done, told in the words of whoever asked.

    `code` is stable and machine-readable; `message` is Brazilian Portuguese for the person;
    `detail` is English for the log and never carries personal data.
    """

    code = "error"
    message = "Não foi possível concluir. Tente de novo em instantes."

    def __init__(self, message: str | None = None, *, detail: str = "") -> None:
        self.message = message or type(self).message
        self.detail = detail or self.code
        super().__init__(f"{self.code}: {self.detail}")


class NotFound(ZeloError):
    """There is no such row."""

    code = "not_found"
    message = "Não encontramos o que você procura."


class InvalidInput(ZeloError):
    """What was given cannot be read or is not allowed."""

    code = "invalid_input"
    message = "Há algo errado no que foi informado. Confira e tente de novo."


class NotAllowed(ZeloError):
    """Whoever asks may not do that."""

    code = "not_allowed"
    message = "Você não tem permissão para fazer isso."


class Taken(ZeloError):
    """Somebody else was first."""

    code = "taken"
    message = "Outra pessoa chegou antes."
