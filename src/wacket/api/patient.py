"""An answer in pieces that is broken off, so that nobody takes it for whole, when its reader takes nothing for too long
or may no longer read. What the pieces are, and whether the reader may begin again, is the business of who makes them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping

from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

from wacket.errors import WacketError

log = logging.getLogger(__name__)


class PatientResponse(StreamingResponse):
    """`patience` is in seconds; `what` names it in the log, as in "an export"."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        patience: float,
        what: str,
        media_type: str,
        headers: Mapping[str, str],
        status: int = 200,
    ) -> None:
        super().__init__(pieces, status, media_type=media_type, headers=headers)
        self._pieces, self._patience, self._what = pieces, patience, what

    async def stream_response(self, send: Send) -> None:
        async def patient(message: Message) -> None:
            async with asyncio.timeout(self._patience):
                await send(message)

        try:
            await super().stream_response(patient)
        except (TimeoutError, WacketError) as error:
            why = error or f"nothing was taken for {self._patience:g} s"
            log.warning("%s was broken off: %s", self._what, why)
        finally:
            await self._pieces.aclose()
