"""Fields that later passes make: where the areas stand, and what is in focus."""

from __future__ import annotations

from ipt_rules.derived.registry import STAGE_WORDS, Derived, register
from ipt_rules.words import AREAS, LEVELS

for _area in AREAS:
    register(
        Derived(
            f"standing.{_area}.points",
            "number",
            f"points of the area ({_area}) after the evidence",
            (f"ranking.{_area}.points",),
            bounds=(0, 1000),
            unit="points",
            ranged=True,
            tied_to=(f"standing.{_area}.level", "standing.margin"),
        )
    )
    register(
        Derived(
            f"standing.{_area}.level",
            "choice",
            f"level of the area ({_area}) after the evidence",
            (f"ranking.{_area}.level",),
            options=LEVELS,
            ordered=True,
            ranged=True,
            tied_to=(f"standing.{_area}.points", "standing.margin"),
        )
    )
register(
    Derived(
        "standing.margin",
        "number",
        "points between the area with most points and the next",
        ("ranking.margin",),
        bounds=(0, 1000),
        unit="points",
        ranged=True,
        tied_to=tuple(f"standing.{area}.points" for area in AREAS),
    )
)
register(Derived("focus.area", "choice", "problem area of the focus", ("focus.area",), options=AREAS))
register(Derived("focus.level", "choice", "level of the focus's area", ("focus.level",), options=LEVELS, ordered=True))
register(
    Derived(
        "focus.stage",
        "choice",
        "stage of the dispute in focus, recorded or found",
        ("focus.stage",),
        options=STAGE_WORDS,
    )
)
register(
    Derived(
        "focus.subject",
        "choice",
        "what kind of subject the focus has; 'none' when nothing is recorded to work on",
        ("focus.subject",),
        options=("loss", "dispute", "change", "isolation", "none"),
    )
)
register(
    Derived(
        "focus.agreed",
        "flag",
        "the patient agreed to this focus when it was put to them; known only once they have answered",
        ("view.answer_to_focus", "view.offered_area", "view.offered_subject"),
        source="markowitz2017 pocket guide, p. 39",
    )
)
