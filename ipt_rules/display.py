"""Values that a notebook or a terminal shows in its own way; how each looks stands in ``hooks``, read when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.console import RenderableType


class Displayed:
    """A value with a display in notebooks (IPython) and in terminals (rich). Nobody is named in either: what they show is kept."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return what a notebook shows, as HTML."""
        from ipt_rules.hooks import html_of

        return html_of(self)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """Return what a notebook may show, by media type.

        Args:
            include: the media types wanted; None or empty for all.
            exclude: media types not wanted.

        """
        made = {"text/plain": self.__repr__, "text/html": self._repr_html_}
        wanted = [kind for kind in made if (not include or kind in include) and kind not in (exclude or ())]
        return {kind: made[kind]() for kind in wanted}

    def __rich__(self) -> RenderableType:
        """Return what rich prints."""
        from ipt_rules.hooks import rich_of

        return rich_of(self)


def drawn(shown: Displayed, *, names: bool) -> str:
    """Return the drawing of a value that has one, as SVG.

    Args:
        shown: what is drawn.
        names: call people by name.

    """
    from ipt_rules.hooks import svg_of

    return svg_of(shown, names=names)


def paged(shown: Displayed) -> str:
    """Return a value that is shown on a page of its own, as HTML.

    Args:
        shown: what the page shows.

    """
    from ipt_rules.hooks import page_of

    return page_of(shown)
