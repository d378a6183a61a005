"""A server that answers posts as a test tells it to, and counts connections."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.support.serving import Request, Response, serving


@dataclass
class Posts:
    """`answer(path, body)` gives (status, body); `taken` is every (path, body) that came."""

    address: str = ""
    answer: object = lambda path, body: (200, b"{}")
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0

    def connected(self) -> None:
        self.connections += 1

    def reply(self, request: Request) -> Response:
        self.taken.append((request.target, request.body))
        return Response(*self.answer(request.target, request.body))


@pytest.fixture
def posts() -> Iterator[Posts]:
    made = Posts()
    with serving(made.reply, made.connected) as made.address:
        yield made
