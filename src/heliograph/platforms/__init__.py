"""Where pictures are published: one module for each kind of platform.

`heliograph.ports.Platform` is what each of them promises; a module also names its `Options`, the settings of its own.
"""
