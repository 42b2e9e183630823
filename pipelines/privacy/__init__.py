"""What of a record nobody may keep: fields that are dropped or hashed before anything is written.

It happens where records are read, so that bronze, quarantine, silver, ops and every message hold only what is left. What is
beside the payload of a message (its key, its headers) is left out as a whole: it is not searched.

Not covered: names of files and folders, which are the name of a split; what other programs keep of the input itself.
"""

from __future__ import annotations

from pipelines.privacy.fields import Action
from pipelines.privacy.privacy import Privacy
from pipelines.privacy.secret import Secret

__all__ = ["Action", "Privacy", "Secret"]
