"""What to do next about one write, decided from what was seen and from nothing else.

The API has no transactions and no conditional writes, repeats its first answer to a key for 24 hours, and may lose any
answer. So every write is looked at before it is sent, before it is sent again, and after; a key is left only when its
remembered answer can never be the wanted one; and what cannot be proved is called unknown.
"""

from rulesync.protocol.answered import UNOFFERED, after_answer, after_memory, after_settling, is_memory, wait_for
from rulesync.protocol.before import before_create, before_write, while_running
from rulesync.protocol.closing import closing, may_not_show_yet, proves
from rulesync.protocol.decision import HORIZON, End, Retry, Send, Settle, Tried, Verify, Walk

__all__ = [
    "HORIZON",
    "UNOFFERED",
    "End",
    "Retry",
    "Send",
    "Settle",
    "Tried",
    "Verify",
    "Walk",
    "after_answer",
    "after_memory",
    "after_settling",
    "before_create",
    "before_write",
    "closing",
    "is_memory",
    "may_not_show_yet",
    "proves",
    "wait_for",
    "while_running",
]
