"""Compiled Jinja templates beside Python's compiled modules, under the same conditions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jinja2 import FileSystemBytecodeCache


def compiled_templates(module: str) -> FileSystemBytecodeCache | None:
    """A cache of compiled templates in the `__pycache__` beside the module file `module`, or None where nothing may be written there.

    To compile the templates of a site or of the registers takes as long as to fill them. A file of the cache says nothing of the options
    of the environment that compiled it: each module has one environment.
    """
    folder = Path(module).parent / "__pycache__"
    return FileSystemBytecodeCache(str(folder)) if not sys.dont_write_bytecode and os.access(folder, os.W_OK) else None
