"""Sentences that the terminal and the page share: the ranking, what a reason rests on, what is open, where the plan stands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.citations import cited
from ipt_rules.plan_rows import recorded
from ipt_rules.ruleset.consequences import (
    EVERY_PHASE,
    Advice,
    Ask,
    Caution,
    Evidence,
    Formulation,
    Goal,
    HoldsBack,
    Link,
    Proposal,
    StageFound,
)
from ipt_rules.ruleset.model import Citation
from ipt_rules.vocabulary import fields
from ipt_rules.wording import shown_value
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.wording import Wording

CLINICIAN: Final = "For a clinician to weigh. It does not diagnose or decide."

CAUTIONS: Final = {"refer": "Before any plan", "protocol": "Adapted form", "fit": "Fit", "note": "Note"}
"""Headings of the cautions, by kind."""

ANSWERS: Final = {
    "agrees": "the patient has agreed to it.",
    "in_part": "the patient agrees in part, which is no agreement yet.",
    "does_not_agree": "the patient does not agree.",
    None: "not agreed yet: put it to the patient and record their answer.",
}
"""What the patient said of a focus that was put to them."""

_KINDS: Final = {
    StageFound: "finds the stage of a dispute",
    Evidence: "counts for or against",
    Caution: "cautions",
    Ask: "asks",
    HoldsBack: "holds back",
    Proposal: "proposes a strategy",
    Goal: "names a goal",
    Formulation: "words a part of the formulation",
    Link: "links an event with mood",
    Advice: "advises for the next session",
}

DRAFT: Final = "Draft formulation, for the clinician to put in their own words"

WITHHELD: Final = "Withheld while it is not known to be safe"

WAITS: Final = "Nothing before that is cleared."
"""Said of a phase in which everything waits for a clinician's clearance."""

NO_FOCUS: Final = "Focus: none is proposed yet; what follows belongs to any IPT, should it be the treatment."


def verdict(told: Mapping[str, Any], wording: Wording) -> list[str]:
    """Return what the ranking comes to: one sentence or two, then one about open questions of safety if there are any.

    Args:
        told: the whole assessment as plain values.
        wording: the words of the rule set.

    """
    first = [wording.area(entry["area"]) for entry in told["ranking"] if entry["rank"] == 1]
    said = _standing(told, first, wording)
    if len(told["foci"]) > 1 and len(first) == 1:
        said += f" {wording.area(told['foci'][1]['area']).capitalize()} lies close, and is proposed too."
    gates = [gate for gate in told["open_gates"] if gate["path"]]
    if not gates:
        return [said]
    return [said, f"Safety: {len(gates)} {'question is' if len(gates) == 1 else 'questions are'} open, and come first."]


def _standing(told: Mapping[str, Any], first: Sequence[str], wording: Wording) -> str:
    if not first:
        return "No problem area is supported yet. The open questions say what to ask."
    if len(first) > 1:
        return f"Equal so far: {' and '.join(first)}. Their order means nothing."
    if told["settled"]:
        return f"Settled: {first[0]} first, whatever the open answers turn out to be."
    return f"Not settled: open answers could still put {_rivals(told['ranking'], wording)} {first[0]}."


def _rivals(ranking: Sequence[Mapping[str, Any]], wording: Wording) -> str:
    """Name the areas that could still come before, or beside, the first."""
    first, *others = ranking
    least = first["bounds"][0]
    rivals = [
        f"{wording.area(other['area'])} (up to {other['bounds'][1]} points, against at least {least})"
        for other in others
        if other["bounds"][1] >= least and other["bounds"][1] > 0
    ]
    return f"{' or '.join(rivals)} before" if rivals else "another area before"


def could_be(bounds: Sequence[int]) -> str:
    """Return the least and the most points, or the one number where they are equal."""
    least, most = bounds
    return f"{least}" if least == most else f"{least}–{most}"


def fact(told: Mapping[str, Any]) -> str:
    """Return a fact as people read it: its place and its value; of a computed one its name first."""
    field = fields()[told["field"]]
    value = shown_value(field, told["value"])
    if not field.is_derived:
        return f"{told['path']}: {value}"
    return f"{field.name.partition('.')[2].replace('_', ' ')}: {value} ({told['path']})"


def sources(told: Mapping[str, Any], ruleset: Ruleset) -> str:
    """Return what kind of source something told as plain values rests on, and its citations."""
    return source(told["basis"], [Citation(**citation) for citation in told["cites"]], ruleset)


def source(basis: str, cites: Iterable[Citation], ruleset: Ruleset) -> str:
    """Return what kind of source something rests on, and its citations."""
    return f"{_kind_of_source(basis)}: {'; '.join(cited(cite, ruleset) for cite in cites)}"


def _kind_of_source(basis: str) -> str:
    return "our inference, starting from" if basis == "inference" else basis


def called(focus: Mapping[str, Any], wording: Wording) -> str:
    """Return what a proposed focus is called: its area and its subject."""
    about = f", {focus['label']}" if focus["label"] else ""
    return f"{wording.area(focus['area'])}{about}"


def until_cleared(gates: Iterable[str], wording: Wording) -> str:
    """Return what holds until a clinician has cleared some gates."""
    return (
        f"Until a clinician has assessed and cleared {listed([wording.gate(gate) for gate in gates])}, only what may come "
        "before that is shown, and no focus is put to the patient."
    )


def lengths(plan: Mapping[str, Any]) -> str:
    """Return for how many sessions a plan is, and where in it the therapy stands."""
    planned, schedules = plan["planned_sessions"], plan["schedules"]
    if planned is None:
        numbers = " or ".join(str(schedule["sessions"]) for schedule in schedules)
        return f"for the usual {numbers} sessions, since none are agreed yet" if numbers else "by phases"
    now = plan["current_phase"]
    here = f"; session {plan['current_session']} is in the {now} phase" if now else ""
    return f"for {planned} {'session' if planned == 1 else 'sessions'}{here}"


def phase_heading(phase: Mapping[str, Any], sessions: str, now: str | None) -> str:
    """Return the heading of a phase with its sessions, marked where the therapy is in it now."""
    if phase["phase"] == EVERY_PHASE:
        return "Throughout"
    when = f", sessions {sessions}" if sessions else ""
    return f"{phase['phase'].capitalize()} phase{when}{' (now)' if now == phase['phase'] else ''}"


def within(sessions: str, whole: str) -> str:
    """Return the sessions of a strategy in brackets, where they are not those of its whole phase."""
    if whole and not sessions:
        return " (no session is left for it in a therapy of this length)"
    several = "s" if "–" in sessions or " or " in sessions else ""
    return f" (session{several} {sessions})" if sessions and sessions != whole else ""


def needs(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a withheld strategy needs, in words: what to ask, or what is recorded that makes it unsafe."""
    for need in entry["unknown"]:
        for ask in need["ask"]:
            about = f" ({ask['about']})" if ask["about"] else ""
            yield f"not known, so ask first: {ask['question']}{about}  [{ask['path']}]"
        if not need["ask"]:
            yield f"cannot be known for this focus: {need['needs']}"
    for need in entry["unmet"]:
        yield f"not safe as recorded: {recorded(need)}"


def numbered_needs(withheld: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return what withheld strategies need, each need once with a number: many need the same."""
    found = dict.fromkeys(need for entry in withheld for need in needs(entry))
    return {need: number for number, need in enumerate(found, start=1)}


class OpenGroup(NamedTuple):
    """Open questions that stand together.

    Attributes:
        kind: ``gate``, ``needed``, ``clinician``, ``ranking`` or ``rest``.
        heading: what stands above them.
        questions: the questions as plain values, best first; there is at least one.

    """

    kind: str
    heading: str
    questions: list[dict[str, Any]]


def open_groups(told: Mapping[str, Any]) -> list[OpenGroup]:
    """Return what is not known: safety, what is needed, what to talk over, what could change the ranking, and the rest."""
    of: dict[str, list[dict[str, Any]]] = {}
    for question in told["questions"]:
        of.setdefault(question["kind"], []).append(question)
    still_open = of.pop("open", [])
    of["gate"] = told["open_gates"]
    of["ranking"] = [question for question in still_open if question["points"]]
    of["rest"] = [question for question in still_open if not question["points"]]
    headings = {
        "gate": "Safety, first",
        "needed": "Before what is withheld below could be proposed",
        "clinician": "To consider, and to talk over with the patient",
        "ranking": f"Answers that could change {'points' if told['settled'] else 'the ranking'}",
        "rest": "Also open; the first place does not hang on it",
    }
    return [OpenGroup(kind, heading, of[kind]) for kind, heading in headings.items() if of.get(kind)]


def sentence_case(words: str) -> str:
    """Return words with a capital at their beginning."""
    return f"{words[:1].upper()}{words[1:]}"


def points(number: int) -> str:
    """Return a number of points in words."""
    return "1 point" if number == 1 else f"{number} points"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def provenance(known: Mapping[str, str]) -> str:
    """Return which rules, engine and library an assessment comes from."""
    return (
        f"{known['ruleset']} {known['version']} ({known['digest'][:19]}…), "
        f"engine {known['engine']}, library {known['library']}"
    )


def generic(text: str) -> str:
    """Return a sentence of a rule about nobody in particular."""
    filled = text.replace("{person}", "the person").replace("{subject}", "the subject")
    return sentence_case(filled) if text.startswith("{") else filled


def rests_on(rule: Rule) -> str:
    """Return what a rule rests on, its references by their keys."""
    cites = "; ".join(f"{cite.ref}, {cite.at} ({cite.seen})" for cite in rule.cites)
    return f"{sentence_case(_kind_of_source(rule.basis))}: {cites}"


def kinds_of_rules(ruleset: Ruleset) -> dict[tuple[str, str], int]:
    """Return how many rules do what, for which area where there is one, in the order in which the rules are used."""
    areas = ruleset.words.get("areas", {})
    found = Counter((_KINDS[type(rule.consequence)], getattr(rule.consequence, "area", "")) for rule in ruleset.rules)
    order = list(_KINDS.values())
    ordered = sorted(found, key=lambda one: (order.index(one[0]), AREAS.index(one[1]) if one[1] in AREAS else -1))
    return {(kind, areas.get(area, area)): found[kind, area] for kind, area in ordered}
