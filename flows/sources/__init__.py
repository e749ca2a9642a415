"""Readers: one module or package per kind of source, each `read(bytes) -> tables` without side effects."""
