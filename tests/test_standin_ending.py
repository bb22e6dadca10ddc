"""A stand-in that is told to end while its parent is still there."""

from __future__ import annotations

import subprocess
import sys

ENDS_BY_ITSELF = "from heliograph.standin.ending import told_to_end; told_to_end(with_parent=True)"


def test_it_ends_quietly_while_its_standard_input_is_still_open():
    with subprocess.Popen(
        [sys.executable, "-c", ENDS_BY_ITSELF], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.wait(60) == 0
        assert running.stderr.read() == ""
