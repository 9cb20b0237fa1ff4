"""Bridges to other libraries, each imported only by whoever has the library."""
