"""The app that shows the page of `helio serve` inside IMatch: its files, and putting them there and taking them out."""

from heliograph.imatch_app.installing import FOLDER, GUID, apps_folder, install, uninstall
from heliograph.imatch_app.starting import Starter, starter

__all__ = ["FOLDER", "GUID", "Starter", "apps_folder", "install", "starter", "uninstall"]
