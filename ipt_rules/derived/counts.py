"""Derived fields of the patient, the network and the whole story: what can be counted is never recorded as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.dates import months_since
from ipt_rules.derived.registry import MOST_MONTHS, MOST_PEOPLE, Case, Compute, Derived, field, register
from ipt_rules.intake import DEATHS, SUBJECT_LISTS, Intake
from ipt_rules.network import Network
from ipt_rules.records import most_items
from ipt_rules.values import Range, count

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.intake import Change, Dispute, Loss
    from ipt_rules.values import Value


# ── the patient and the network ──────────────────────────────────────────────────────────────────────────────────────────


@field(
    "patient.months_since_onset",
    type="number",
    unit="months",
    bounds=(0, MOST_MONTHS),
    ranged=True,
    reads=("episode.onset", "assessed_on"),
    source="isipt key strategies",
)
def _months_since_onset(case: Case) -> Value:
    """Completed months since the episode began."""
    return months_since(case.intake.episode.onset, case.intake.assessed_on)


def _people(measure: Callable[[Network], Value], answer: str, source: str) -> None:
    """Register a count of people; its meaning is that of the measure."""
    register(
        Derived(
            f"network.{measure.__name__}",
            "number",
            (measure.__doc__ or "").strip().rstrip("."),
            tuple(dict.fromkeys(("inventory.people", f"inventory.people[].{answer}", "inventory.people[].status"))),
            lambda case: measure(case.network),
            source,
            bounds=(0, MOST_PEOPLE),
            unit="people",
            ranged=True,
            tied_to=() if measure is Network.people else ("network.people",),
        )
    )


_people(Network.people, "status", "weissman2018 ch. 8")
_people(Network.close_ties, "closeness", "weissman2018 ch. 8")
_people(Network.confidants, "confides", "weissman2018 ch. 8")
_people(Network.supporters, "support", "isipt key strategies")
_people(Network.conflicts, "conflict", "casebook ch. 3")
_people(Network.worse_since_onset, "changed_since_onset", "role-disputes-slides finding the dispute")


@field(
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


@field(
    "network.isolates",
    type="number",
    unit="people",
    bounds=(0, MOST_PEOPLE),
    ranged=True,
    reads=("inventory.ties", "inventory.people", "inventory.people[].status"),
    tied_to=("network.people", "network.density"),
)
def _isolates(case: Case) -> Value:
    """People in the patient's life now who know nobody else in it."""
    return case.network.isolates()


@field(
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


@field(
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
    return field(
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


@field(
    "story.violence",
    type="flag",
    reads=("disputes", "disputes[].violence", "disputes[].coercion"),
    source="weissman2018 as recalled",
)
def _violence(case: Case) -> Value:
    """In some dispute there is violence, fear of it, or control."""
    if case.intake.disputes is None:
        return None
    answers = [answer for dispute in case.intake.disputes for answer in (dispute.violence, dispute.coercion)]
    if any(answers):
        return True
    return None if None in answers else False


@_story("isolation", "weissman2018 ch. 8", ("isolation",))
def _isolation(case: Case) -> Value:
    """Histories of isolation recorded: one or none."""
    return _listed(case.intake.isolation)


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
