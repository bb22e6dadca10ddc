"""HTTP, and the only place that speaks it: pace, sign, repeat, hide secrets, translate foreign errors once.

Whether a failed call happened is the one question that publishing exactly once hangs on, so every call says whether it
may be repeated. One that may not is sent at most once: `Busy` then means it certainly did not arrive, `Uncertain` that
it may have.
"""

from heliograph.redact import Redactor
from heliograph.wire.address import Draft, Upload
from heliograph.wire.answer import Answer
from heliograph.wire.callback import Callback
from heliograph.wire.calm import Calm
from heliograph.wire.client import Timeouts, Wire
from heliograph.wire.pace import Pace

__all__ = ["Answer", "Callback", "Calm", "Draft", "Pace", "Redactor", "Timeouts", "Upload", "Wire"]
