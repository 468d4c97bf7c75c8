"""The key of one intended write: equal for every retry of it from anywhere, different for any other intent.

The server replays its first answer to a key for 24 hours without acting. A key of the content alone would be answered
from memory when a rule goes from A to B, back to A by hand, and to B again; so what the plan saw of the rule is part of
the key. A create's key holds no body: it says who may make the rule of this Git key, so that two commits at once cannot
both make it.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rulesync.plan import Prior

Method = Literal["POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class Intent:
    """One intended write.

    `target` is the rule's id, or `<scope>/<key>` for a create; `prior` is what the plan saw there, None for a create;
    `body` is the body of a PUT, None for a POST or DELETE.
    """

    base_url: str
    workspace: str | None
    method: Method
    target: str
    prior: Prior | None
    body: Mapping[str, object] | None


def key(intent: Intent, generation: int = 0) -> str:
    """Return 36 characters in the shape of a version 4 UUID, the longest and strictest form that servers ask for.

    `generation` counts from 0 and is raised only past a key whose remembered answer can never be the wanted one.
    """
    prior = intent.prior
    seen: object = [prior.id, prior.updated_at, prior.status.name, prior.digest] if prior else "absent"
    body = intent.body if intent.method == "PUT" else None
    parts = [intent.base_url, intent.workspace, intent.method, intent.target, seen, body, generation]
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))
