"""The files of a folder and of those below it; a folder that cannot be read is told, and never taken for an empty one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Below(NamedTuple):
    """What stands in a folder and in those below it.

    Attributes:
        files: every file, sorted; links to folders are followed, and a folder that is reached twice is read once.
        unread: the folders that cannot be read.

    """

    files: tuple[Path, ...]
    unread: tuple[Path, ...]


def below(folder: Path) -> Below:
    """Return the files of a folder and of those below it."""
    files: list[Path] = []
    unread: list[Path] = []
    seen = {os.path.realpath(folder)}
    for here, inner, names in os.walk(
        folder, followlinks=True, onerror=lambda error: unread.append(Path(error.filename))
    ):
        inner[:] = [name for name in sorted(inner) if _is_new(os.path.realpath(Path(here, name)), seen)]
        files += [Path(here, name) for name in names]
    return Below(tuple(sorted(files)), tuple(sorted(unread)))


def _is_new(folder: str, seen: set[str]) -> bool:
    is_new = folder not in seen
    seen.add(folder)
    return is_new
