"""Servers of the fediverse on loopback: Mastodon, Pixelfed, GoToSocial, snac and Takahe, each with its own quirks."""

from heliograph.standin.fediverse.faults import Fault, What
from heliograph.standin.fediverse.profiles import PROFILES
from heliograph.standin.fediverse.standin import StandIn, opened, serve

__all__ = ["PROFILES", "Fault", "StandIn", "What", "opened", "serve"]
