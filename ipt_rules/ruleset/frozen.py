"""Nested mappings and lists that nobody can change, and plain copies of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any


def frozen(value: Any) -> Any:
    """Return nested mappings and lists as ones that nobody can change."""
    if isinstance(value, dict | MappingProxyType):
        return MappingProxyType({key: frozen(entry) for key, entry in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def thawed(value: Any) -> Any:
    """Return nested mappings and lists as plain ones, for copies and exports."""
    if isinstance(value, MappingProxyType):
        return {key: thawed(entry) for key, entry in value.items()}
    return list(map(thawed, value)) if isinstance(value, tuple) else value
