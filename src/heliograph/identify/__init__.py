"""Are these two the same photograph? Sure, or to be asked, always with the reason: of files, and of posts."""

from heliograph.identify.files import Identity, Photograph, Role, Seen, identify, photo_id
from heliograph.identify.likeness import ALIKE, NEAR, distance, families
from heliograph.identify.posts import Confidence, Likeness, moment
from heliograph.identify.recognition import Match, Recognition, Sought
from heliograph.identify.traces import Traced, traced

__all__ = [
    "ALIKE",
    "NEAR",
    "Confidence",
    "Identity",
    "Likeness",
    "Match",
    "Photograph",
    "Recognition",
    "Role",
    "Seen",
    "Sought",
    "Traced",
    "distance",
    "families",
    "identify",
    "moment",
    "photo_id",
    "traced",
]
