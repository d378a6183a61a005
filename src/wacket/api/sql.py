"""Read-only SQL over the whole history, for admins: it sees everything, whoever sent it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import Caller, audit, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.history.sql import MERGED, MOST_ROWS, MOST_TEXT, VIEWS, Names

router = APIRouter(tags=["sql"])
Admin = Annotated[Caller, Depends(may("admin"))]

_QUESTION: JsonDict = {
    "sql": "select node, name, max(value) from readings where time > now() - interval 1 day group by all"
}
_ANSWER: JsonDict = {"columns": ["node", "name", "max(value)"], "rows": [["rig-3", "temp", 22.75]], "truncated": False}
_VIEWS = "\n".join(f"- `{name}`: {columns}" for name, columns in VIEWS.items())


class Question(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_QUESTION]})

    sql: str = Field(min_length=1, max_length=MOST_TEXT)
    limit: int = Field(1000, ge=1, le=MOST_ROWS)


class Answer(BaseModel):
    """Times are ISO-8601. `truncated`: there is more than `limit` rows or 64 MiB."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool


@router.post(
    "/api/v1/sql",
    summary="Ask in SQL",
    response_model=Answer,
    description="One SELECT in DuckDB's SQL. It cannot change anything, and sees nothing but these views:\n\n"
    f"{_VIEWS}\n\n`labels`, `attrs` are JSON text: `labels->>'place'`. Times are UTC.",
)
async def ask(caller: Admin, body: Question, request: Request) -> Response:
    """One SELECT, bounded in time, memory and rows."""
    parts = parts_of(request)
    await audit(parts, caller, "sql", details={"sql": body.sql[:1000]})
    return Response(await apart(parts, _answer, parts, body), media_type="application/json")


def _answer(parts: Parts, question: Question) -> bytes:
    answer = parts.query.sql(question.sql, question.limit, names(parts))
    return msgspec.json.encode({"columns": answer.columns, "rows": answer.rows, "truncated": answer.truncated})


def names(parts: Parts) -> Names:
    """What the views `series` and `nodes` hold."""
    return Names(
        [
            (one.id, one.node_name, one.name, msgspec.json.encode(one.labels).decode(), one.unit)
            for one in parts.catalogue.find()
        ],
        [*_nodes(parts)],
    )


def _nodes(parts: Parts) -> Iterator[tuple[int, str, str, str]]:
    """Every id that a row may have."""
    for number, name in parts.catalogue.node_names().items():
        row = parts.catalogue.node_by_id(number)
        yield number, name, row.kind, row.state if row.id == number else MERGED
