"""What rich prints, as plain text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ipt_rules.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType


def printed(make: Callable[[], RenderableType], width: int) -> str:
    """Return what rich prints of something, without colours and without blanks at the ends of lines.

    Args:
        make: makes what is printed; it may import rich.
        width: characters in a line.

    Raises:
        MissingExtraError: the extra ``cli`` is not installed.

    """
    try:
        from rich.console import Console

        page = make()
    except ModuleNotFoundError:
        raise MissingExtraError('Text needs the extra "cli": pip install "ipt-rules[cli]"') from None
    console = Console(width=width, highlight=False, color_system=None, file=io.StringIO())
    with console.capture() as captured:
        console.print(page)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
