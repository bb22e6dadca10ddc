"""IMatch's web service on loopback: a real server with a photo database, every unknown as a switch, and faults."""

from heliograph.standin.imws.faults import Fault, What
from heliograph.standin.imws.standin import StandIn, opened, serve
from heliograph.standin.imws.world import World

__all__ = ["Fault", "StandIn", "What", "World", "opened", "serve"]
