"""Programs that people keep on the hub to run again. To run one is a job: its text is the job's `program`."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import Caller, iso, may, parts_of, perform
from wacket.api.parts import Parts
from wacket.ledger import programs
from wacket.ledger.programs import LONGEST_NAME, LONGEST_TEXT, Language, Program, Wanted

router = APIRouter(tags=["programs"])
Operator = Annotated[Caller, Depends(may("operate"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1, description="its `id` in the list of programs")]

_PROGRAM: JsonDict = {"name": "blink", "language": "python", "text": "import led\nled.blink(3)\n"}
EXAMPLE: JsonDict = {"id": 3, **_PROGRAM, "author": "person:ada", "changed": "2026-11-21T08:30:00Z"}


class NewProgram(BaseModel):
    """`language` is python (a job of kind `python`) or sh (one of kind `exec` with `["sh", "-c", text]`)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PROGRAM]})

    name: str = Field(max_length=LONGEST_NAME)
    language: Language = "python"
    text: str = Field(max_length=LONGEST_TEXT)


class ProgramInfo(NewProgram):
    """`author` is who changed it last."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    author: str
    changed: str


class ProgramList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"programs": [EXAMPLE]}]})

    programs: list[ProgramInfo]


@router.get("/api/v1/programs", summary="Programs that are kept")
async def list_programs(
    caller: Operator,
    request: Request,
    find: Annotated[
        str, Query(description="Only with this in name or text, in any case.", max_length=LONGEST_NAME)
    ] = "",
) -> ProgramList:
    """By name, with their texts."""
    found = await asyncio.to_thread(parts_of(request).ledger.read, lambda c: programs.find(c, find))
    return ProgramList(programs=[_info(one) for one in found])


@router.get("/api/v1/programs/{program_id}", summary="One program")
async def one_program(caller: Operator, program_id: Number, request: Request) -> ProgramInfo:
    """A program and its text."""
    return _info(await asyncio.to_thread(parts_of(request).ledger.read, lambda c: programs.by_id(c, program_id)))


@router.post("/api/v1/programs", status_code=201, summary="Keep a program")
async def create_program(caller: Operator, body: NewProgram, request: Request) -> ProgramInfo:
    """All who may operate see it, and may change it. No two have the same name."""
    parts = parts_of(request)
    wanted, now = Wanted(body.name, body.language, body.text), parts.clock()
    made = await perform(
        parts, caller, "program.create", body.name, lambda c: programs.create(c, wanted, caller.actor, now)
    )
    _tell(parts)
    return _info(made)


@router.put("/api/v1/programs/{program_id}", summary="Change a program")
async def change_program(caller: Operator, program_id: Number, body: NewProgram, request: Request) -> ProgramInfo:
    """Put another in its place."""
    parts = parts_of(request)
    wanted, now = Wanted(body.name, body.language, body.text), parts.clock()
    changed = await perform(
        parts, caller, "program.change", body.name, lambda c: programs.replace(c, program_id, wanted, caller.actor, now)
    )
    _tell(parts)
    return _info(changed)


@router.delete("/api/v1/programs/{program_id}", status_code=204, summary="Delete a program")
async def remove_program(caller: Operator, program_id: Number, request: Request) -> None:
    """Jobs that ran it keep their own copy."""
    parts = parts_of(request)
    await perform(parts, caller, "program.delete", str(program_id), lambda c: programs.remove(c, program_id))
    _tell(parts)


def _tell(parts: Parts) -> None:
    parts.bus.publish_nowait("changed", {"programs": True})


def _info(one: Program) -> ProgramInfo:
    return ProgramInfo(**one._asdict() | {"changed": iso(one.changed)})
