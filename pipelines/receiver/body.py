"""Reading a body: never more than may be, never longer than may be."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from pipelines.receiver.limits import Refused, Share


async def read_body(request: Request, max_bytes: int, seconds: float, share: Share) -> bytes:
    """The whole body. Raises Refused 413 at the first byte too many, 408 where it does not come in time, and 400 where the
    client went away. What a Content-Length says is believed only where it says too much."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > max_bytes:
        raise _too_large(max_bytes)
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > max_bytes:
                    raise _too_large(max_bytes)
                share.take(len(piece))
                pieces.append(piece)
    except TimeoutError:
        raise Refused(408, "TOO_SLOW", f"The body did not come within {seconds:g} seconds.", close=True) from None
    except ClientDisconnect:
        raise Refused(400, "CUT_OFF", "The connection ended within the body.", close=True) from None
    return b"".join(pieces)


def _too_large(max_bytes: int) -> Refused:
    return Refused(413, "TOO_LARGE", f"The body has more than {max_bytes:,} bytes, the limit of this source.", close=True)
