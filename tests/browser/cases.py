"""The assessments that are opened in a browser: worked cases, and made ones that are hard to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules import Assessment, Intake, assess, example
from tests.helpers import intake
from tests.test_report import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES: Final = (
    "Maximiliane Freifrau von und zu Hohenstein-Wallerstein",
    "فاطمة الزهراء بنت عبد الرحمن",
    "יוסף בן־דוד הכהן",
    "Aleksandra Konstantinopolskaya-Wiśniewska",
    "Nguyễn Thị Hoàng Yến",
)


def _person(number: int) -> dict[str, Any]:
    """Return one of many people: every role, ring, tie and status comes up."""
    return {
        "id": f"p{number}",
        "name": f"{_NAMES[number % 5]} {number}",
        "role": ("partner", "family", "friend", "colleague", "other")[number % 5],
        "status": ("current", "past", "deceased", None)[number % 4],
        "closeness": ("distant", "close", "closest", None)[number % 4],
        "support": ("none", "some", "much")[number % 3],
        "conflict": ("much", None, "none", "some")[number % 4],
    }


def _crowded() -> Intake:
    return intake(
        losses=[{"kind": "death", "person": "p2", "mourning": "delayed", "when": "1998"}],
        disputes=[{"person": "p1", "repetitive": True, "tied_to_episode": True, "began": "2025-06"}],
        changes=[{"kind": "move", "when": "2025-09"}, {"kind": "retirement"}],
        inventory={
            "people": [_person(number) for number in range(25)],
            "ties": [{"between": [f"p{number}", f"p{number + 5}"]} for number in range(20)],
        },
        episode={"onset": "2025-11"},
        therapy={"planned_sessions": 16},
    )


def _hostile() -> Intake:
    """Return an intake whose names are markup, controls and words that no line can hold."""
    name = f"{HOSTILE} {'W' * 400}"
    people = [{"id": key, "name": f"{name}{key}", "role": "family", "status": "current"} for key in ("a", "b")]
    return intake(
        losses=[{"kind": "death", "person": "a", "mourning": "delayed", "tied_to_episode": True, "when": "2025-10"}],
        disputes=[{"person": "b", "repetitive": True, "tied_to_episode": True}],
        inventory={"people": [{**people[0], "status": "deceased"}, people[1]]},
        episode={"onset": "2025-11"},
    )


_MADE: Final[dict[str, Callable[[], Intake]]] = {
    "hostile": _hostile,
    "crowded": _crowded,
    "nobody": lambda: intake(inventory={"people": [], "ties": []}),
}

CASES: Final = (
    "grief",
    "disputes",
    "everything_at_once",
    "nothing_known",
    "violence_not_asked",
    "bulimia_with_risk",
    *_MADE,
)


def opened(name: str) -> Assessment:
    """Return the assessment of a case."""
    made = _MADE.get(name)
    return assess(example(name) if made is None else made(), engine="compiled")
