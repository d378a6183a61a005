"""What a class answered, equal answers together: thirty that are the same are one row. Singly: class_sets.py."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from wacket.api.access import Caller, may, parts_of
from wacket.api.class_sets import SETS, Name
from wacket.classes.desk import status_of
from wacket.ledger import class_answers, class_sets
from wacket.ledger.class_answers import Fold
from wacket.ledger.class_sets import Member

if TYPE_CHECKING:
    from wacket.api.parts import Parts

router = APIRouter(tags=["class"])
Reader = Annotated[Caller, Depends(may("read"))]


class Answers(BaseModel):
    """Those who answered the same: standard output, standard error and exit code are equal. Of long texts there is the
    beginning, and `cut` says so. `verdicts` are the analyses, each with how many got it.
    """

    count: int
    users: list[str]
    seats: list[str]
    answer: str
    error: str
    exit: int | None
    cut: bool
    verdicts: dict[str, int]


class NoAnswer(BaseModel):
    """Those of whom no answer counts now, by the word for how they stand."""

    word: str
    users: list[str]
    seats: list[str]


class FoldedAnswers(BaseModel):
    """The most frequent answer first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "6.08",
                    "answers": [
                        {
                            **{"count": 2, "users": ["ada", "bob"], "seats": ["A1", "A2"], "answer": "42", "error": ""},
                            **{"exit": 0, "cut": False, "verdicts": {"ok": 1}},
                        }
                    ],
                    "others": [{"word": "stuck", "users": ["eve"], "seats": ["A3"]}],
                }
            ]
        }
    )

    name: str
    answers: list[Answers]
    others: list[NoAnswer]


@router.get(SETS + "/{name}/folded", summary="What a class answered, equal answers together")
async def folded(caller: Reader, name: Name, request: Request) -> FoldedAnswers:
    """The answers that wait for an analysis, and those that have got one since; and who has given none."""
    parts = parts_of(request)

    def look(connection: Connection) -> tuple[list[Fold], list[Member]]:
        return class_answers.folded(connection, name), class_sets.members(connection, name)

    folds, members = await asyncio.to_thread(parts.ledger.read, look)
    seats = {one.user: one.seat for one in members}
    answers = [_answers(fold, seats) for fold in folds]
    answered = {user for fold in folds for user in fold.users}
    return FoldedAnswers(name=name, answers=answers, others=_others(parts, members, answered))


def _answers(fold: Fold, seats: dict[str, str]) -> Answers:
    return Answers(count=len(fold.users), seats=[seats.get(user, "") for user in fold.users], **fold._asdict())


def _others(parts: Parts, members: list[Member], answered: set[str]) -> list[NoAnswer]:
    now, words = parts.clock(), dict[str, list[Member]]()
    for one in members:
        if one.user not in answered:
            words.setdefault(status_of(one.status).word(now), []).append(one)
    return [
        NoAnswer(word=word, users=[one.user for one in some], seats=[one.seat for one in some])
        for word, some in sorted(words.items())
    ]
