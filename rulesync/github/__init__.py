"""What workflows say on GitHub: one comment on a pull request, one issue of what drifted; and what they ask there."""

from rulesync.github.comments import Kept, keep_comment
from rulesync.github.issues import keep_issue
from rulesync.github.looking import Open, Reviewed, merged_pull, open_pull, reviewed_digest, tip_of
from rulesync.github.marker import Kind, Marker, place_of
from rulesync.github.place import BOT, GitHub

__all__ = [
    "BOT",
    "GitHub",
    "Kept",
    "Kind",
    "Marker",
    "Open",
    "Reviewed",
    "keep_comment",
    "keep_issue",
    "merged_pull",
    "open_pull",
    "place_of",
    "reviewed_digest",
    "tip_of",
]
