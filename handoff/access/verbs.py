"""Accounts, passwords and signed-in browsers."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

from pwdlib import PasswordHash
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor, attendant
from backend.errors import InvalidInput, NotAllowed
from handoff.access.tables import Account, Role, SignedIn

SHORTEST_PASSWORD = 8
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=5)
SIGNED_IN_FOR = timedelta(hours=12)
_ARGON2 = PasswordHash.recommended()
# Somebody unknown costs as much time as a wrong password, so that names cannot be guessed by the clock.
_NOBODY = _ARGON2.hash(secrets.token_urlsafe(16))


class WrongPassword(NotAllowed):
    """User or password are wrong, or the account is locked for a while."""

    code = "wrong_password"
    message = "Usuário ou senha incorretos."


async def add_account(
    session: AsyncSession, *, username: str, name: str, role: str, password: str, actor: Actor, now: datetime
) -> Account:
    """A new account; InvalidInput for a short password, an unknown role or a taken user name."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(f"A senha precisa ter pelo menos {SHORTEST_PASSWORD} caracteres.", detail="short password")
    if role not in get_args(Role):
        raise InvalidInput("O perfil deve ser attendant, operator ou admin.", detail="role")
    username = username.strip().lower()
    if not username or await by_username(session, username) is not None:
        raise InvalidInput("Esse usuário já existe ou está vazio.", detail="username")
    account = Account(username=username, name=name.strip() or username, role=role, password_hash=_ARGON2.hash(password))
    session.add(account)
    await session.flush()
    audit.record(session, "access.add_account", ("account", account.id), actor=actor, now=now, role=role)
    return account


async def set_password(session: AsyncSession, *, account: Account, password: str, actor: Actor, now: datetime) -> None:
    """A new password; every browser of the account is signed out."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(f"A senha precisa ter pelo menos {SHORTEST_PASSWORD} caracteres.", detail="short password")
    account.password_hash = _ARGON2.hash(password)
    account.failed_logins, account.locked_until = 0, None
    await session.execute(delete(SignedIn).where(SignedIn.account_id == account.id))
    audit.record(session, "access.set_password", ("account", account.id), actor=actor, now=now)


async def by_username(session: AsyncSession, username: str) -> Account | None:
    """The account of this user name, or None."""
    return (await session.execute(select(Account).where(Account.username == username))).scalar_one_or_none()


async def sign_in(session: AsyncSession, *, username: str, password: str, now: datetime) -> tuple[Account, str] | None:
    """The account and a token for its browser, or None where user or password are wrong.

    Failures are counted in the same transaction, so the caller commits either way; five lock the account
    for five minutes.
    """
    query = select(Account).where(Account.username == username.strip().lower()).with_for_update()
    account = (await session.execute(query)).scalar_one_or_none()
    right = _ARGON2.verify(password, account.password_hash if account else _NOBODY)
    if account is None or not account.active:
        return None
    if account.locked_until is not None and account.locked_until > now:
        return None
    if not right:
        account.failed_logins += 1
        if account.failed_logins >= MOST_FAILURES:
            account.failed_logins, account.locked_until = 0, now + LOCKED_FOR
        audit.record(session, "access.failed_login", ("account", account.id), actor=attendant(account.id), now=now)
        return None
    account.failed_logins, account.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    session.add(
        SignedIn(
            token_hash=_hash(token), account_id=account.id, csrf=secrets.token_urlsafe(24), since=now, last_seen_at=now
        )
    )
    audit.record(session, "access.sign_in", ("account", account.id), actor=attendant(account.id), now=now)
    return account, token


async def who(session: AsyncSession, *, token: str, now: datetime) -> tuple[Account, SignedIn] | None:
    """Who a browser's token belongs to, or None; twelve hours after the last request it is nobody's."""
    signed = await session.get(SignedIn, _hash(token))
    if signed is None or abs(now - signed.last_seen_at) > SIGNED_IN_FOR:
        return None
    account = await session.get_one(Account, signed.account_id)
    if not account.active:
        return None
    if now - signed.last_seen_at > timedelta(minutes=1):
        signed.last_seen_at = now
    return account, signed


async def sign_out(session: AsyncSession, *, token: str, account_id: UUID, now: datetime) -> None:
    """Forgets the browser."""
    await session.execute(delete(SignedIn).where(SignedIn.token_hash == _hash(token)))
    audit.record(session, "access.sign_out", ("account", account_id), actor=attendant(account_id), now=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
