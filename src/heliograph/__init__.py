"""heliograph keeps a photo library and the places it is published in step, and publishes every photo exactly once."""

__version__ = "0.1.0"
