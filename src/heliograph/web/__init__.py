"""A browser -> desk -> a page, and live events; on this computer only, for whoever holds the key of this start."""

from heliograph.web.announcing import Announcement, Standing, announced, invitation, write_private
from heliograph.web.bench import Opened
from heliograph.web.service import Service, desks_of

__all__ = ["Announcement", "Opened", "Service", "Standing", "announced", "desks_of", "invitation", "write_private"]
