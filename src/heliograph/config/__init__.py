"""The owner's settings: `heliograph.toml`, the environment and the keyring; mistakes as sentences with the fix."""

from heliograph.config.complaints import nearest
from heliograph.config.flickrsync import FlickrSyncSettings
from heliograph.config.imported import Imported, Section
from heliograph.config.page import reference, schema
from heliograph.config.search import find
from heliograph.config.settings import (
    LibrarySettings,
    LogLevel,
    LogSettings,
    PlatformSettings,
    Settings,
    absolute,
    load,
    options,
)
from heliograph.config.template import starter
from heliograph.config.vault import Secret, Vault, variable

__all__ = [
    "FlickrSyncSettings",
    "Imported",
    "LibrarySettings",
    "LogLevel",
    "LogSettings",
    "PlatformSettings",
    "Secret",
    "Section",
    "Settings",
    "Vault",
    "absolute",
    "find",
    "load",
    "nearest",
    "options",
    "reference",
    "schema",
    "starter",
    "variable",
]
