"""Who is calling: HTTP basic auth for Twilio's addresses, this machine alone for the control."""

import base64
import binascii
import hmac
import ipaddress

from fastapi import HTTPException, Request

from simulator.errors import unauthorized
from simulator.exchange import Exchange

LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}


def exchange_of(request: Request) -> Exchange:
    """The running simulator behind a request."""
    exchange = request.app.state.exchange
    assert isinstance(exchange, Exchange)
    return exchange


def authenticated(request: Request) -> Exchange:
    """The simulator, for a caller with the account's credentials; TwilioError 20003 otherwise."""
    exchange = exchange_of(request)
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise unauthorized() from None
    settings = exchange.settings
    expected = f"{settings.account_sid}:{settings.auth_token}".encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(given, expected):
        raise unauthorized()
    if request.path_params.get("account_sid", settings.account_sid) != settings.account_sid:
        raise unauthorized()
    return exchange


def from_this_machine(request: Request) -> Exchange:
    """The simulator, for a caller on this machine.

    The host name is looked at too, so that a foreign page whose name resolves to this machine
    cannot drive the simulator from somebody's browser.
    """
    client = request.client.host if request.client else ""
    if not _is_loopback(client) or request.url.hostname not in LOCAL_NAMES:
        raise HTTPException(403, "O controle do simulador só responde a esta máquina.")
    return exchange_of(request)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
