"""Derived fields of one subject and of the person whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.dates import months_before, months_since
from ipt_rules.derived.registry import MOST_MONTHS, STAGE_WORDS, Case, Derived, field, register
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.values import both

if TYPE_CHECKING:
    from ipt_rules.values import Value


def _months(group: str, place: str, date_field: str) -> None:
    """Register the two distances in time of one kind of subject."""

    def since(case: Case) -> Value:
        return months_since(getattr(case.subject, date_field), case.intake.assessed_on)

    def before_onset(case: Case) -> Value:
        return months_before(getattr(case.subject, date_field), case.intake.episode.onset, case.intake.assessed_on)

    both_names = (f"{group}.months_since", f"{group}.months_before_onset")
    event = f"{place}[].{date_field}"
    common: dict[str, Any] = {"type": "number", "unit": "months", "ranged": True, "source": "isipt key strategies"}
    register(
        Derived(
            name=both_names[0],
            meaning="completed months from the event to the assessment",
            compute=since,
            reads=(event, "assessed_on"),
            bounds=(0, MOST_MONTHS),
            tied_to=(both_names[1],),
            **common,
        )
    )
    register(
        Derived(
            name=both_names[1],
            meaning="completed months from the event to the onset of the episode; negative when it came after, 0 within a month",
            compute=before_onset,
            reads=(event, "episode.onset", "assessed_on"),
            bounds=(-MOST_MONTHS, MOST_MONTHS),
            tied_to=(both_names[0], "patient.months_since_onset"),
            **common,
        )
    )


def _views(group: str, place: str) -> None:
    """Register what the patient says of one kind of subject."""
    for name, answer, meaning, source in (
        (
            "matters_most",
            "matters_most",
            "this is the subject that matters most to the patient",
            "weissman2018 role disputes",
        ),
        ("linked_by_patient", "links_mood_to", "the patient links their mood to this subject", "casebook ch. 3"),
        (
            "most_workable",
            "most_workable",
            "this is the subject on which most can be done now",
            "casebook ch. 17",
        ),
        (
            "strongest_affect",
            "strongest_affect",
            "at this subject the patient's feelings are strongest",
            "weissman2018 as recalled",
        ),
    ):

        def says(case: Case, answer: str = answer) -> Value:
            said = getattr(case.intake.view, answer)
            return None if said is None or not case.place else said == case.place

        entry = Derived(f"{group}.{name}", "flag", meaning, (f"view.{answer}",), says, source)
        register(entry)


_DATES = {"losses": "when", "disputes": "began", "changes": "when"}
for _place, _group in SUBJECT_LISTS.items():
    if _place in _DATES:
        _months(_group, _place, _DATES[_place])
    _views(_group, _place)

for _name, _meaning in (
    ("stage_found", "the stage that the stage rules find; does not arise when they find none, or more than one"),
    ("stage_used", "the stage that the clinician recorded, else the one that the stage rules find"),
):
    register(
        Derived(
            f"dispute.{_name}",
            "choice",
            _meaning,
            ("disputes[].stage",),
            source="casebook ch. 3",
            options=STAGE_WORDS,
            tied_to=("dispute.stage",),
        )
    )


# ── the tie to the person concerned ──────────────────────────────────────────────────────────────────────────────────────


@field(
    "tie.ambivalent",
    type="flag",
    reads=("inventory.people[].satisfying", "inventory.people[].unsatisfying"),
    tied_to=("tie.satisfying", "tie.unsatisfying"),
    source="article unresolved grief",
)
def _ambivalent(case: Case) -> Value:
    """The relationship has (or had) both good and hard sides.

    Takes at least "some" of each.
    """
    if case.person is None:
        return None
    sides = (case.person.satisfying, case.person.unsatisfying)
    good, hard = (None if side is None else side != "none" for side in sides)
    return both(good, hard)


@field("tie.bridge", type="flag", reads=("inventory.ties", "inventory.people[].status"))
def _bridge(case: Case) -> Value:
    """The person held together others who have no way to each other without them."""
    return None if case.person is None else case.network.is_bridge(case.person.id)
