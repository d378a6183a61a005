"""Accounts: who has one, making, changing and removing them. Admins do all of it; anybody may change their
own password.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Connection

from wacket.api.access import Caller, cookie_name, iso, may, parts_of, perform, refused
from wacket.api.login import hashed, verify
from wacket.errors import BadRequest, Forbidden
from wacket.ledger import passwords, people, sessions
from wacket.ledger.people import Person

router = APIRouter(tags=["people"])
Admin = Annotated[Caller, Depends(may("admin"))]
Name = Annotated[str, Path(description="the name with which the person signs in")]
Role = Literal["admin", "operator", "viewer", "student"]
EXAMPLE: JsonDict = {"name": "ada", "role": "viewer", "created": "2026-11-21T08:00:00Z", "disabled": False}


class Account(BaseModel):
    """A person with an account."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: str
    role: Role
    created: str
    disabled: bool


class Accounts(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"people": [EXAMPLE]}]})

    people: list[Account]


class NewAccount(BaseModel):
    """Roles: admin may do everything; operator reads and acts; viewer reads; student sees what is
    theirs.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "ada", "role": "viewer", "password": "correct horse"}]}
    )

    name: str = Field(max_length=100)
    role: Role
    password: str = Field(max_length=1000)


class AccountChange(BaseModel):
    """What is left out stays. Whoever changes their own password without being an admin gives the `current`
    one, if there is one: accounts that were imported have none at first.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "operator"}]})

    role: Role | None = None
    password: str | None = Field(None, max_length=1000)
    disabled: bool | None = None
    current: str | None = Field(None, max_length=1000)


@router.get("/api/v1/people", summary="List the accounts")
async def list_people(caller: Admin, request: Request) -> Accounts:
    """Everybody who has an account, by name."""
    return Accounts(people=[_account(person) for person in parts_of(request).ledger.read(people.all_people)])


@router.post("/api/v1/people", status_code=201, summary="Make an account")
async def create_person(caller: Admin, body: NewAccount, request: Request) -> Account:
    """Make an account with a first password, which its owner can change."""
    parts, password = parts_of(request), await hashed(request, body.password)

    def work(connection: Connection) -> Person:
        return people.create(connection, body.name, body.role, password, parts.clock())

    return _account(await perform(parts, caller, "person.create", body.name, work, role=body.role))


@router.patch("/api/v1/people/{name}", summary="Change an account")
async def change_person(
    caller: Annotated[Caller, Depends(may("own"))], name: Name, body: AccountChange, request: Request
) -> Account:
    """Change role, password or `disabled`. A new password, and disabling, end the person's other sessions at
    once.
    """
    if "admin" not in caller.rights:
        await _require_own_password(caller, name, body, request)
    password = await hashed(request, body.password) if body.password is not None else None
    kept = request.cookies.get(cookie_name(request)) if caller.name == name else None

    def work(connection: Connection) -> Person:
        person = people.change(connection, name, body.role, password, body.disabled)
        if password is not None or person.disabled:
            sessions.end_all(connection, person, but=kept)
        return person

    changed = {"role": body.role, "disabled": body.disabled, "password": True if password else None}
    details = {key: value for key, value in changed.items() if value is not None}
    return _account(await perform(parts_of(request), caller, "person.change", name, work, **details))


@router.delete("/api/v1/people/{name}", status_code=204, summary="Remove an account")
async def remove_person(caller: Admin, name: Name, request: Request) -> None:
    """Remove an account and end its sessions. What the person did stays in the audit log."""
    await perform(parts_of(request), caller, "person.remove", name, lambda c: people.remove(c, name))


async def _require_own_password(caller: Caller, name: str, body: AccountChange, request: Request) -> None:
    own = caller.kind == "person" and caller.name == name
    if not own or body.password is None or body.role is not None or body.disabled is not None:
        reason = "only an admin may change an account; your own password you may change yourself"
        await refused(request, caller.actor, reason, "person.change", name)
        raise Forbidden(reason)
    known = parts_of(request).ledger.read(lambda c: people.credentials(c, name))
    if known is not None and known[1] == passwords.NOBODY:
        return  # signed in with a link: the first password of theirs
    if body.current is None or await verify(request, name, body.current) is None:
        raise BadRequest("the current password is needed and must be right", "current")


def _account(person: Person) -> Account:
    return Account.model_validate(
        {
            "name": person.name,
            "role": person.role,
            "created": iso(person.created),
            "disabled": person.disabled,
        }
    )
