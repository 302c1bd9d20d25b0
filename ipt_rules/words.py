"""The method's own words: problem areas and levels of support, in the order in which they are printed or ordered."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Area: TypeAlias = Literal["grief", "disputes", "transitions", "deficits"]
Level: TypeAlias = Literal["none", "possible", "likely", "strong"]

AREAS: Final[tuple[Area, ...]] = ("grief", "disputes", "transitions", "deficits")
"""The four problem areas, in the order in which equals are printed; the order means nothing."""

LEVELS: Final[tuple[Level, ...]] = ("none", "possible", "likely", "strong")
"""How well an area is supported, from least to most."""

PHASES: Final = ("initial", "middle", "final")
"""The phases of a therapy, in their order."""
