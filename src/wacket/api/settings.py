"""The settings in force, with what each means and who said it. To look at only: the file and the command line say
them, and the hub reads them when it starts.
"""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from wacket import settings
from wacket.api.access import Caller, may, parts_of
from wacket.settings import Settings

router = APIRouter(tags=["health"])
COMMENT = re.compile(r"#\s*(.*)$")
SECRET = re.compile(r"(^|_)(secret|password|passphrase|token|key)$")  # names of settings whose value is not shown
HIDDEN = "(set, not shown)"


class SettingInfo(BaseModel):
    """`source` is default, file, environment or command line: who said `value`. `variable` is its name in the
    environment.
    """

    section: str
    name: str
    value: bool | int | float | str
    default: bool | int | float | str
    meaning: str
    source: str
    variable: str


class SettingList(BaseModel):
    """`file` is the name of the file in the data folder that says settings."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": "wacket.toml",
                    "settings": [
                        {
                            "section": "history",
                            "name": "logs_days",
                            "value": 90.0,
                            "default": 0,
                            "meaning": "rejects are logs too",
                            "source": "file",
                            "variable": "WACKET_HISTORY_LOGS_DAYS",
                        }
                    ],
                }
            ]
        }
    )

    file: str
    settings: list[SettingInfo]


@router.get("/api/v1/settings", summary="The settings in force")
async def read_settings(caller: Annotated[Caller, Depends(may("admin"))], request: Request) -> SettingList:
    """Every setting with its value in force, its default, its meaning, and who set it. Secrets are not shown."""
    parts = parts_of(request)
    known = (
        _info(parts.settings, section.name, field, parts.origins)
        for section in msgspec.structs.fields(Settings)
        for field in msgspec.structs.fields(section.type)
    )
    return SettingList(file="wacket.toml", settings=list(known))


def _info(inforce: Settings, section: str, field: Any, origins: dict[str, str]) -> SettingInfo:
    path, value = f"{section}.{field.name}", getattr(getattr(inforce, section), field.name)
    hidden = isinstance(value, str) and value and SECRET.search(field.name)
    return SettingInfo(
        section=section,
        name=field.name,
        value=HIDDEN if hidden else value,
        default=field.default,
        meaning=meanings().get(path, ""),
        source=origins.get(path, "default"),
        variable=f"WACKET_{section}_{field.name}".upper(),
    )


@cache
def meanings() -> dict[str, str]:
    """ "section.name" → the comment behind it in settings.py, which is where a setting is explained."""
    source = inspect.getsource(settings)
    lines = source.splitlines()
    classes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    found = {}
    for section in msgspec.structs.fields(Settings):
        for entry in classes[section.type.__name__].body:
            if isinstance(entry, ast.AnnAssign):
                comment = COMMENT.search(lines[(entry.end_lineno or entry.lineno) - 1])
                found[f"{section.name}.{ast.unparse(entry.target)}"] = comment.group(1) if comment else ""
    return found
