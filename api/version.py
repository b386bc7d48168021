"""The version, where no package metadata need be read for it."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
