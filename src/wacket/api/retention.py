"""How long readings are kept: the owner's list of rules. Deletes nothing itself; history does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of, perform
from wacket.ledger import retention
from wacket.ledger.retention import Rule

router = APIRouter(tags=["retention"])
EXAMPLE: JsonDict = {"rules": [{"match": "rig-*/power.*", "readings_days": 30, "rollup_days": 0}]}


class RuleInfo(BaseModel):
    """`match` is a glob over NODE/NAME (over NAME if it has no slash); days of 0 mean for ever."""

    match: str = Field(max_length=256)
    readings_days: float
    rollup_days: float


class RuleList(BaseModel):
    """The first rule that fits a series holds for it; for all others the settings hold."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    rules: list[RuleInfo]


@router.get("/api/v1/retention", summary="How long readings are kept")
async def read_rules(caller: Annotated[Caller, Depends(may("read"))], request: Request) -> RuleList:
    """The rules in their order."""
    rules = parts_of(request).ledger.read(retention.rules)
    return RuleList(rules=[RuleInfo(**rule._asdict()) for rule in rules])


@router.put("/api/v1/retention", summary="Say how long readings are kept")
async def write_rules(caller: Annotated[Caller, Depends(may("admin"))], body: RuleList, request: Request) -> RuleList:
    """Put these rules in the place of all there were. What is too old by them is deleted soon after, for
    good.
    """
    rules = [Rule(**rule.model_dump()) for rule in body.rules]
    retention.validate(rules)
    await perform(
        parts_of(request),
        caller,
        "retention.change",
        "",
        lambda c: retention.replace(c, rules),
        rules=[rule._asdict() for rule in rules],
    )
    return body
