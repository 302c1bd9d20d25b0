"""The derived fields: what rules may ask of an intake that nobody recorded as such.

Each is a pure function of one case, with the answers that it reads, the fields that it cannot vary without, and the source of its
clinical meaning. The first sentence of its docstring is its meaning in the vocabulary. None means "not known yet".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ipt_rules.dates import months_before, months_since
from ipt_rules.intake import DEATHS, SUBJECT_LISTS, Intake
from ipt_rules.records import most_items
from ipt_rules.values import Range, Value, both, count
from ipt_rules.words import AREAS, LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.intake import Change, Dispute, Loss
    from ipt_rules.inventory import Person
    from ipt_rules.network import Network


@dataclass(frozen=True, slots=True)
class Case:
    """What a derived field may look at: the intake, its network, and the subject and the person of one row."""

    intake: Intake
    network: Network
    place: str = ""
    subject: Any = None
    person: Person | None = None


Compute: TypeAlias = "Callable[[Case], Value]"


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived field; the attributes are those of ``vocabulary.Field``, and ``compute`` makes its value.

    Fields of the groups ``standing`` and ``focus``, and the dispute stage, are made by later passes and have no ``compute``.
    """

    name: str
    type: Literal["flag", "number", "choice"]
    meaning: str
    reads: tuple[str, ...]
    compute: Compute | None = None
    source: str = "inference"
    options: tuple[str, ...] = ()
    ordered: bool = False
    bounds: tuple[int, int] | None = None
    unit: str = ""
    ranged: bool = False
    tied_to: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The part of the name before the first dot."""
        return self.name.partition(".")[0]


REGISTRY: Final[dict[str, Derived]] = {}

_MOST_MONTHS: Final = 12 * 350
_MOST_PEOPLE: Final = 40
_STAGES: Final = ("renegotiation", "impasse", "dissolution")


def _register(entry: Derived) -> None:
    REGISTRY[entry.name] = entry


def _field(name: str, **facts: Any) -> Callable[[Compute], Compute]:
    def register(compute: Compute) -> Compute:
        meaning = (compute.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        _register(Derived(name=name, meaning=meaning, compute=compute, **facts))
        return compute

    return register


def _months(group: str, place: str, date_field: str) -> None:
    """Register the two distances in time of one kind of subject."""

    def since(case: Case) -> Value:
        return months_since(getattr(case.subject, date_field), case.intake.assessed_on)

    def before_onset(case: Case) -> Value:
        return months_before(getattr(case.subject, date_field), case.intake.episode.onset, case.intake.assessed_on)

    both_names = (f"{group}.months_since", f"{group}.months_before_onset")
    event = f"{place}[].{date_field}"
    common: dict[str, Any] = {"type": "number", "unit": "months", "ranged": True, "source": "isipt key strategies"}
    _register(
        Derived(
            name=both_names[0],
            meaning="completed months from the event to the assessment",
            compute=since,
            reads=(event, "assessed_on"),
            bounds=(0, _MOST_MONTHS),
            tied_to=(both_names[1],),
            **common,
        )
    )
    _register(
        Derived(
            name=both_names[1],
            meaning="completed months from the event to the onset of the episode; negative when it came after, 0 within a month",
            compute=before_onset,
            reads=(event, "episode.onset", "assessed_on"),
            bounds=(-_MOST_MONTHS, _MOST_MONTHS),
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
    ):

        def says(case: Case, answer: str = answer) -> Value:
            said = getattr(case.intake.view, answer)
            return None if said is None or not case.place else said == case.place

        entry = Derived(f"{group}.{name}", "flag", meaning, (f"view.{answer}",), says, source)
        _register(entry)


_DATES = {"losses": "when", "disputes": "began", "changes": "when"}
for _place, _group in SUBJECT_LISTS.items():
    if _place in _DATES:
        _months(_group, _place, _DATES[_place])
    _views(_group, _place)

for _name, _meaning in (
    ("stage_found", "the stage that the stage rules find; does not arise when they find none, or more than one"),
    ("stage_used", "the stage that the clinician recorded, else the one that the stage rules find"),
):
    _register(
        Derived(
            f"dispute.{_name}",
            "choice",
            _meaning,
            ("disputes[].stage",),
            source="casebook ch. 3",
            options=_STAGES,
            tied_to=("dispute.stage",),
        )
    )


# ── the tie to the person concerned ──────────────────────────────────────────────────────────────────────────────────────


@_field(
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


@_field("tie.bridge", type="flag", reads=("inventory.ties", "inventory.people[].status"))
def _bridge(case: Case) -> Value:
    """The person held together others who have no way to each other without them."""
    return None if case.person is None else case.network.is_bridge(case.person.id)


# ── the patient and the network ──────────────────────────────────────────────────────────────────────────────────────────


@_field(
    "patient.months_since_onset",
    type="number",
    unit="months",
    bounds=(0, _MOST_MONTHS),
    ranged=True,
    reads=("episode.onset", "assessed_on"),
    source="isipt key strategies",
)
def _months_since_onset(case: Case) -> Value:
    """Completed months since the episode began."""
    return months_since(case.intake.episode.onset, case.intake.assessed_on)


def _people(name: str, answer: str, source: str, compute: Compute, tied_to: tuple[str, ...] = ()) -> None:
    meaning = (compute.__doc__ or "").strip().partition("\n")[0].rstrip(".")
    _register(
        Derived(
            f"network.{name}",
            "number",
            meaning,
            ("inventory.people", f"inventory.people[].{answer}", "inventory.people[].status"),
            compute,
            source,
            bounds=(0, _MOST_PEOPLE),
            unit="people",
            ranged=True,
            tied_to=tied_to,
        )
    )


def _count_people(case: Case) -> Value:
    """People whose relationship with the patient is going on."""
    return case.network.people()


def _count_close_ties(case: Case) -> Value:
    """People in the two inner rings of the closeness circle."""
    return case.network.close_ties()


def _count_confidants(case: Case) -> Value:
    """People in whom the patient confides."""
    return case.network.confidants()


def _count_supporters(case: Case) -> Value:
    """People who give at least some support."""
    return case.network.supporters()


def _count_conflicts(case: Case) -> Value:
    """People with whom there is at least some friction."""
    return case.network.conflicts()


_people("people", "status", "weissman2018 ch. 8", _count_people)
_people("close_ties", "closeness", "weissman2018 ch. 8", _count_close_ties, ("network.people",))
_people("confidants", "confides", "weissman2018 ch. 8", _count_confidants, ("network.people",))
_people("supporters", "support", "isipt key strategies", _count_supporters, ("network.people",))
_people("conflicts", "conflict", "casebook ch. 3", _count_conflicts, ("network.people",))


@_field(
    "network.reach",
    type="number",
    unit="parts of life",
    bounds=(0, 5),
    ranged=True,
    reads=("inventory.people", "inventory.people[].role", "inventory.people[].status"),
    tied_to=("network.people",),
)
def _reach(case: Case) -> Value:
    """Parts of life (partner, family, friends, colleagues, others) in which the patient has somebody now."""
    return case.network.reach()


@_field(
    "network.isolates",
    type="number",
    unit="people",
    bounds=(0, _MOST_PEOPLE),
    ranged=True,
    reads=("inventory.ties", "inventory.people", "inventory.people[].status"),
    tied_to=("network.people", "network.density"),
)
def _isolates(case: Case) -> Value:
    """People in the patient's life now who know nobody else in it."""
    return case.network.isolates()


@_field(
    "network.density",
    type="number",
    unit="percent",
    bounds=(0, 100),
    ranged=True,
    reads=("inventory.ties", "inventory.people", "inventory.people[].status"),
    tied_to=("network.people", "network.isolates"),
)
def _density(case: Case) -> Value:
    """Ties among the others, as a share of all that there could be; does not arise below two people."""
    return case.network.density()


@_field(
    "network.support_rests_on_one",
    type="flag",
    reads=("inventory.people", "inventory.people[].support", "inventory.people[].status"),
    tied_to=("network.supporters",),
)
def _support_rests_on_one(case: Case) -> Value:
    """Exactly one person gives the patient support."""
    return case.network.support_rests_on_one()


# ── the whole story ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _story(
    name: str, source: str, reads: tuple[str, ...], tied_to: tuple[str, ...] = ()
) -> Callable[[Compute], Compute]:
    most = sum(most_items(Intake, read) or 0 for read in reads if read in SUBJECT_LISTS)
    return _field(
        f"story.{name}",
        type="number",
        unit="events",
        bounds=(0, most),
        ranged=True,
        reads=reads,
        tied_to=tied_to,
        source=source,
    )


@_story("deaths", "weissman2018 ch. 8", ("losses", "losses[].kind"), ("story.other_losses",))
def _deaths(case: Case) -> Value:
    """Deaths, pregnancy losses among them."""
    if case.intake.losses is None:
        return None
    return count([None if loss.kind is None else loss.kind in DEATHS for loss in case.intake.losses])


@_story("other_losses", "weissman2018 ch. 8", ("losses", "losses[].kind"), ("story.deaths",))
def _other_losses(case: Case) -> Value:
    """Losses that are no death."""
    if case.intake.losses is None:
        return None
    return count([None if loss.kind is None else loss.kind not in DEATHS for loss in case.intake.losses])


@_story("disputes", "weissman2018 ch. 8", ("disputes",))
def _disputes(case: Case) -> Value:
    """Disputes recorded."""
    return _listed(case.intake.disputes)


@_story("changes", "weissman2018 ch. 8", ("changes",))
def _changes(case: Case) -> Value:
    """Changes in the patient's life recorded."""
    return _listed(case.intake.changes)


@_story(
    "events",
    "weissman2018 ch. 8",
    ("losses", "disputes", "changes"),
    ("story.deaths", "story.other_losses", "story.disputes", "story.changes"),
)
def _events(case: Case) -> Value:
    """Losses, disputes and changes together."""
    return _over_events(case, lambda _: True)


@_story(
    "tied_events",
    "weissman2018 ch. 8",
    (
        "losses",
        "disputes",
        "changes",
        "losses[].tied_to_episode",
        "disputes[].tied_to_episode",
        "changes[].tied_to_episode",
    ),
    ("story.events",),
)
def _tied_events(case: Case) -> Value:
    """Losses, disputes and changes that the clinician sees tied to the episode."""
    return _over_events(case, lambda event: event.tied_to_episode)


def _listed(subjects: tuple[Any, ...] | None) -> Value:
    return None if subjects is None else Range(len(subjects), len(subjects))


def _over_events(case: Case, counts: Callable[[Loss | Dispute | Change], bool | None]) -> Value:
    lists = {part: getattr(case.intake, part) for part in ("losses", "disputes", "changes")}
    if all(events is None for events in lists.values()):
        return None
    known = count([counts(event) for events in lists.values() for event in events or ()])
    open_lists = sum(most_items(Intake, part) or 0 for part, events in lists.items() if events is None)
    return Range(known.least, known.most + open_lists)


# ── what later passes know ───────────────────────────────────────────────────────────────────────────────────────────────

for _area in AREAS:
    _register(
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
    _register(
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
_register(
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
_register(Derived("focus.area", "choice", "problem area of the focus", ("focus.area",), options=AREAS))
_register(Derived("focus.level", "choice", "level of the focus's area", ("focus.level",), options=LEVELS, ordered=True))
_register(
    Derived(
        "focus.stage", "choice", "stage of the dispute in focus, recorded or found", ("focus.stage",), options=_STAGES
    )
)
