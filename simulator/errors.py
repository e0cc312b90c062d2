"""Twilio's error codes, as answers of its API and as what became of a message."""

from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import JSONResponse

UNDELIVERED = {63003, 63024, 63032, 63049, 63051}
"""Codes that end a message as `undelivered`; every other one ends it as `failed`."""

MESSAGE_ERRORS = {
    63003: "This address is not on the channel",
    63016: "Free-form message outside the allowed window: use a message template",
    63019: "The media could not be fetched",
    63024: "The channel does not accept this recipient",
    63049: "The channel chose not to deliver this message",
}

PHONE_NOTES = {
    63003: "Este número não está no WhatsApp.",
    63016: "A última mensagem daqui tem mais de 24 horas: só um modelo aprovado chegaria.",
    63019: "O arquivo não pôde ser buscado.",
    63024: "Este telefone bloqueou a central.",
    63049: "O WhatsApp preferiu não entregar agora.",
}


def final_status(code: int) -> str:
    """The status a message ends with when it meets this error."""
    return "undelivered" if code in UNDELIVERED else "failed"


def phone_note(code: int) -> str:
    """What the telephone's page says of a message that did not arrive."""
    return PHONE_NOTES.get(code, "O canal recusou a mensagem.")


@dataclass(slots=True)
class TwilioError(Exception):
    """An answer of Twilio's API that is no success."""

    status: int
    code: int
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def as_response(self) -> JSONResponse:
        """Twilio's JSON for an error."""
        content = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        return JSONResponse(content, status_code=self.status, headers=self.headers)


def unauthorized() -> TwilioError:
    """The credentials are not ours."""
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'}
    return TwilioError(401, 20003, "Authenticate", headers)


def not_found(path: str) -> TwilioError:
    """There is no such resource."""
    return TwilioError(404, 20404, f"The requested resource {path} was not found")


def invalid(code: int, message: str) -> TwilioError:
    """The request is understood and refused."""
    return TwilioError(400, code, message)


async def answer_twilio_error(_: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler for `TwilioError`."""
    assert isinstance(error, TwilioError)
    return error.as_response()
