"""The library that decodes pictures, set up once for the whole house."""

from functools import cache
from typing import Any


@cache
def vips() -> Any:
    """The pyvips module, set up for many pictures at once: no memory of past operations, one thread a picture.

    Ultra HDR is read as the plain JPEG that it also is: its own loader prints the metadata of damaged files to stderr.
    """
    import pyvips

    pyvips.cache_set_max(0)
    pyvips.operation_block_set("VipsForeignLoadUhdr", True)
    pyvips.concurrency_set(1)  # several photos are rendered at a time; more threads a photo only shift the wait
    return pyvips
