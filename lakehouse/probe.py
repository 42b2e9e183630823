"""Does a store keep its word? A Delta commit is safe only where a file is not created twice."""

from __future__ import annotations

import uuid
from contextlib import suppress

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from lakehouse.errors import RtrError
from lakehouse.object_store import first_line, object_store
from lakehouse.store import Lakehouse

_probed: set[str] = set()


def require_conditional_puts(lake: Lakehouse) -> None:
    """Create an object twice; the second time must be refused. Once a process and root; local folders always keep it.

    Raises RtrError STORE_UNSAFE where the store overwrites, or does not know the condition; ROOT_NOT_WRITABLE where it
    cannot be written at all.
    """
    if lake.is_local or lake.root in _probed:
        return
    store = object_store(lake.root, lake.storage_options)
    path = f"_rtr_probe/{uuid.uuid4().hex}"
    try:
        obstore.put(store, path, b"first", mode="create")
    except NotImplementedError as error:
        raise _unsafe(lake, str(error)) from error
    except BaseError as error:
        raise RtrError(
            "ROOT_NOT_WRITABLE",
            f"Cannot write below {lake.root}: {first_line(error)}",
            "Check the bucket, AWS_ENDPOINT_URL, AWS_REGION and the credentials in the environment.",
        ) from error
    try:
        obstore.put(store, path, b"second", mode="create")
    except AlreadyExistsError:
        _probed.add(lake.root)
        return
    except BaseError as error:
        raise _unsafe(lake, first_line(error)) from error
    finally:
        with suppress(BaseError):  # what is left behind is one object of five bytes
            obstore.delete(store, path)
    raise _unsafe(lake, "it replaced an object that was to be created only where it is absent")


def _unsafe(lake: Lakehouse, why: str) -> RtrError:
    return RtrError(
        "STORE_UNSAFE",
        f"The store of {lake.root} does not keep conditional puts (If-None-Match: *): {why}.",
        "Two writers would overwrite each other's commits there. Use a store that keeps them, such as Amazon S3 or MinIO.",
    )
