"""Flickr on loopback: a real server that speaks its wire formats, remembers what was published, and fails on demand."""

from heliograph.standin.flickr.faults import Fault, What
from heliograph.standin.flickr.standin import StandIn, opened, serve

__all__ = ["Fault", "StandIn", "What", "opened", "serve"]
