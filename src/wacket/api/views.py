"""Saved views: addresses of the page under a name, for oneself or for all. What they show is asked elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import Caller, iso, may, parts_of, perform, refused
from wacket.api.parts import Parts
from wacket.errors import Forbidden
from wacket.ledger import views
from wacket.ledger.views import LONGEST_NAME, LONGEST_SEARCH, View, Wanted

router = APIRouter(tags=["views"])
Reader = Annotated[Caller, Depends(may("read"))]
ViewId = Annotated[int, Path(ge=1, le=2**63 - 1, description="its `id` in the list of views")]
WANTED: JsonDict = {"name": "Bench temperatures", "page": "series", "search": "match=bench/temp*&since=24h"}
EXAMPLE: JsonDict = {
    "id": 2,
    **WANTED,
    "shared": True,
    "own": True,
    "author": "person:ada",
    "changed": "2026-11-21T08:30:00Z",
}


class ViewInfo(BaseModel):
    """`search` is the query of the page's address. `own` is true of the caller's, whether shared or not."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    name: str
    page: str
    search: str
    shared: bool
    own: bool
    author: str
    changed: str


class ViewList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"views": [EXAMPLE]}]})

    views: list[ViewInfo]


class NewView(BaseModel):
    """A shared view is there for everybody who may read; making one takes the right `operate`."""

    model_config = ConfigDict(json_schema_extra={"examples": [WANTED | {"shared": False}]})

    name: str = Field(max_length=LONGEST_NAME)
    page: str = Field(max_length=32)
    search: str = Field("", max_length=LONGEST_SEARCH)
    shared: bool = False


@router.get("/api/v1/views", summary="List the saved views")
async def list_views(caller: Reader, request: Request) -> ViewList:
    """The caller's own and the shared ones, by name."""
    person = person_in(caller)
    found = parts_of(request).ledger.read(lambda c: views.seen_by(c, person))
    return ViewList(views=[_info(view, person) for view in found])


@router.get("/api/v1/views/{view_id}", summary="Look at one saved view")
async def read_view(caller: Reader, view_id: ViewId, request: Request) -> ViewInfo:
    """One of the caller's own, or a shared one."""
    person = person_in(caller)
    return _info(parts_of(request).ledger.read(lambda c: views.by_id(c, view_id, person)), person)


@router.post("/api/v1/views", status_code=201, summary="Save a view")
async def create_view(caller: Reader, body: NewView, request: Request) -> ViewInfo:
    """Save where the page is, under a name. One's own takes an account; a shared one the right `operate`."""
    parts, wanted, person = parts_of(request), Wanted(**body.model_dump()), person_in(caller)
    await _require_operate(request, caller, body.shared)
    view = await perform(
        parts,
        caller,
        "view.create",
        body.name,
        lambda c: views.create(c, wanted, person, caller.actor, parts.clock()),
        page=body.page,
        shared=body.shared,
    )
    _tell(parts, view.shared)
    return _info(view, person)


@router.put("/api/v1/views/{view_id}", summary="Change a saved view")
async def replace_view(caller: Reader, view_id: ViewId, body: NewView, request: Request) -> ViewInfo:
    """Put this in its place. Changing a shared one, or sharing one, takes the right `operate`."""
    parts, wanted, person = parts_of(request), Wanted(**body.model_dump()), person_in(caller)
    known = parts.ledger.read(lambda c: views.by_id(c, view_id, person))
    await _require_operate(request, caller, body.shared or known.shared)
    view = await perform(
        parts,
        caller,
        "view.change",
        body.name,
        lambda c: views.replace(c, view_id, wanted, person, parts.clock()),
        id=view_id,
        page=body.page,
        shared=body.shared,
    )
    _tell(parts, view.shared or known.shared)
    return _info(view, person)


@router.delete("/api/v1/views/{view_id}", status_code=204, summary="Delete a saved view")
async def remove_view(caller: Reader, view_id: ViewId, request: Request) -> None:
    """Delete one of one's own, or with the right `operate` a shared one. What it shows stays."""
    parts, person = parts_of(request), person_in(caller)
    known = parts.ledger.read(lambda c: views.by_id(c, view_id, person))
    await _require_operate(request, caller, known.shared)
    await perform(parts, caller, "view.delete", known.name, lambda c: views.remove(c, view_id, person), id=view_id)
    _tell(parts, known.shared)


def person_in(caller: Caller) -> str | None:
    """Whose views the caller may see beside the shared ones."""
    return caller.name if caller.kind == "person" else None


async def _require_operate(request: Request, caller: Caller, shared: bool) -> None:
    if shared and "operate" not in caller.rights:
        reason = "a shared view is made, changed and deleted with the right 'operate'; save one of your own"
        await refused(request, caller.actor, reason)
        raise Forbidden(reason)


def _tell(parts: Parts, shared: bool) -> None:
    if shared:  # of other people's own nobody is told anything
        parts.bus.publish_nowait("changed", {"views": True})


def _info(view: View, person: str | None) -> ViewInfo:
    shown = view._asdict() | {"own": person is not None and view.person == person, "changed": iso(view.changed)}
    del shown["person"]
    return ViewInfo(**shown)
