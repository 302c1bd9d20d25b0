"""Sentences about a therapy that its text, its page and its drawing share: where it stands, focus, goals, events, what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules import places
from ipt_rules.render.said import ANSWERS, called, listed, sentence_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.wording import Wording

FIRST: Final = "Before anything else"
FOCUS: Final = "Focus and goals"
MOOD: Final = "Mood and events, session by session"
MEANS: Final = "What the last session means"
CAUTION: Final = "To keep in mind"
CONSIDER: Final = "To consider, and to talk over with the patient"
REMAINS: Final = "What remains before the end"
EARLIER: Final = "Found in earlier sessions"
LINKS: Final = "Mood that moved with an event"

TOLD: Final = "! danger, or thoughts of death, were told"
"""What marks a session in the table."""

DRAWING: Final = "Mood and events over the sessions of the therapy"

SAFETY: Final = "Safety, in every session"
SAFETY_FIRST: Final = "Safety first"
OPENING: Final = "To begin with"
STRATEGIES: Final = "Proposed for this session"
FORWARD: Final = "brought forward by the last session"
NO_STRATEGY: Final = "No strategy is proposed for this session."
WAITING: Final = "Brought forward, but withheld"
UNASKED: Final = "Only where it is safe; these wait, since the last session did not ask about danger:"

NO_SESSION: Final = "No session is recorded yet."
NO_FOCUS: Final = "No focus is agreed yet."
NO_GOALS: Final = "No goals are agreed yet."
RECONSIDER: Final = "To be looked at again with the patient, because:"
AGAIN: Final = "Look at the focus again with the patient first; what follows is for the focus as it now is."
_UNKNOWN_STRATEGIES: Final = "Recorded as done, but unknown to this rule set, so that nothing here counts them:"

TOPICS: Final = {
    "safety": "Safety",
    "mood": "Mood and events",
    "progress": "Progress",
    "focus": "Focus",
    "goals": "Goals",
    "session": "The sessions themselves",
    "frame": "The frame of the therapy",
    "ending": "The ending",
}
"""Headings of advice, by what it is about."""

EFFECTS: Final = {
    "better": "felt better after it",
    "worse": "felt worse after it",
    "none": "felt neither better nor worse after it",
    None: "how they felt after it is not known",
}
MOOD_KEY: Final = "Mood before → after each session, from 0 (worst) to 10 (best); – is not known."
SIGNS: Final = {"better": "▲", "worse": "▼", "none": "■", None: "?"}
"""What stands before an event, by how the patient felt after it; the words always stand beside it."""

_DIRECTIONS: Final = {"lower": "mood fell", "higher": "mood rose"}
_MOVES: Final = {
    "back": "has moved back",
    "not": "has not moved",
    "forward": "has moved forward",
    "reached": "is reached",
}
_READY: Final = {
    "no": "the patient does not feel ready to end",
    "in_part": "the patient feels ready to end in part",
    "yes": "the patient feels ready to end",
    None: "whether the patient feels ready to end was not recorded in the last session",
}
_AFTER: Final = {
    "nothing_more": "nothing more is planned for the time after",
    "maintenance": "maintenance is settled for the time after",
    "further_sessions": "further sessions are settled for the time after",
    "other_treatment": "another treatment is settled for the time after",
    None: "what comes after the end was not recorded in the last session",
}


# ── where the therapy stands ─────────────────────────────────────────────────────────────────────────────────────────────


def heading(told: Mapping[str, Any]) -> str:
    """Return after which session a therapy is reviewed, of how many, and in which phase."""
    session, planned, phase = told["session"], told["planned_sessions"], told["phase"]
    if session is None:
        return "Before the first session"
    of = f" of {planned}" if planned is not None and planned >= session else ""
    return f"Session {session}{of}{f', {phase} phase' if phase else ''}"


def stands(told: Mapping[str, Any]) -> str:
    """Return what is left of the sessions that were agreed."""
    session, planned, left = told["session"], told["planned_sessions"], told["sessions_left"]
    if told["ended"]:
        agreed = "" if planned is None else f"; {_sessions(planned)} had been agreed"
        return f"The therapy ended with session {session}{agreed}."
    nothing = f"{NO_SESSION} " if session is None else ""
    if planned is None:
        return f"{nothing}How many sessions there will be is not agreed yet."
    if left < 0:
        return f"{_sessions(-left)} past the {planned} that were agreed."
    if session is None:
        return f"{nothing}{sentence_case(_sessions(planned))} {'is' if planned == 1 else 'are'} agreed."
    if not left:
        return f"It was the last of the {_sessions(planned)} agreed."
    return f"{_sessions(left)} {'is' if left == 1 else 'are'} left of the {planned} agreed."


def contracts(told: Mapping[str, Any]) -> str:
    """Return what was agreed on the number of sessions, where that has changed; else empty."""
    agreed = [f"{one['sessions']} from session {one['agreed_in']} on" for one in told["contracts"]]
    return f"Sessions agreed: {listed(agreed)}." if len(agreed) > 1 else ""


def standing(told: Mapping[str, Any]) -> str:
    """Return in one line what is left, what was agreed where that has changed, and what is not recorded."""
    return " ".join(filter(None, (stands(told), contracts(told), missing(told))))


def _sessions(number: int) -> str:
    return "1 session" if number == 1 else f"{number} sessions"


def not_recorded(told: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the sessions up to the last one of which there is no check-in."""
    held = {entry["session"] for entry in told["sessions"]}
    return tuple(number for number in range(1, max(held, default=0)) if number not in held)


def missing(told: Mapping[str, Any]) -> str:
    """Return of which sessions nothing is recorded; empty where there is none."""
    numbers = not_recorded(told)
    if not numbers:
        return ""
    return f"Nothing is recorded of session{'s' if len(numbers) > 1 else ''} {listed(runs(numbers))}."


def runs(numbers: Iterable[int]) -> list[str]:
    """Return numbers as people write them, those in a row as a span."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


# ── focus and goals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def focus(told: Mapping[str, Any], wording: Wording) -> str:
    """Return what is worked on since when, and what the patient said to it."""
    answered = f" (session {told['answered_in']})" if told["answered_in"] is not None else ""
    answer = f"{ANSWERS[told['answer']].rstrip('.')}{answered}."
    return f"{sentence_case(called(told, wording))}, from session {told['agreed_in']} on: {answer}"


def whether_it_stands(told: Mapping[str, Any]) -> str:
    """Return whether what is worked on stands; the reasons against it are told beside it. Empty while a gate is closed."""
    if not told["foci"]:
        return NO_FOCUS
    if told["focus_stands"] is None or told["gates"]:
        return ""
    return "The focus stands: nothing found is a reason to reconsider it." if told["focus_stands"] else RECONSIDER


def goal(told: Mapping[str, Any]) -> str:
    """Return how a goal stands; what it says only where that is told."""
    name = f"Goal {_goal_number(told['goal'])}"
    text = f", “{told['text']}”" if told.get("text") else ""
    if told["moved"] is None:
        return f"{name}{text}: not asked about yet."
    return f"{name}{text}: {_MOVES[told['moved']]} (session {told['moved_in']})."


def _goal_number(place: str) -> int:
    """Return the number of a goal, counted from 1, of its place such as ``goals[0]``."""
    return int(places.parse(place)[-1]) + 1


# ── sessions and events ──────────────────────────────────────────────────────────────────────────────────────────────────


def rows(told: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any] | None]]:
    """Return each session by its number, in order; those in a row of which nothing is recorded as one, with None."""
    found: list[tuple[int, str, Mapping[str, Any] | None]] = [
        (entry["session"], str(entry["session"]), entry) for entry in told["sessions"]
    ]
    found += [(int(run.partition("–")[0]), run, None) for run in runs(not_recorded(told))]
    return [(name, entry) for _, name, entry in sorted(found, key=lambda one: one[0])]


def mood(entry: Mapping[str, Any]) -> str:
    """Return mood before and after a session, from 0 to 10; a dash where it is not known."""
    before, after = ("–" if entry[name] is None else str(entry[name]) for name in ("mood_before", "mood_after"))
    return before if after == "–" else f"{before} → {after}"


def scale_name(measured: Mapping[str, Any]) -> str:
    """Return what a scale is called at the head of a column: without what stands in brackets after it."""
    return str(measured["label"]).partition(" (")[0]


def scale(entry: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Return the value of the scale that the drawing shows; a dash where it was not filled in."""
    measured = told["measured"]
    value = None if measured is None else entry["scales"].get(measured["scale"])
    return "–" if value is None else str(value)


def event(told: Mapping[str, Any], links: Sequence[Mapping[str, Any]]) -> str:
    """Return an event, how the patient felt after it, and whether mood moved with it."""
    linked = [_DIRECTIONS[link["direction"]] for link in links if link["event"] == told["event"]]
    return "; ".join([f"{told['label']}, {EFFECTS[told['effect']]}", *dict.fromkeys(linked)])


def events(entry: Mapping[str, Any], links: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return that danger was told in a session, if it was, and its events; in words where there are none, or nobody asked."""
    danger = [TOLD] if entry["safety"] == "told" else []
    if entry["events"] is None:
        return [*danger, "events: not asked about"]
    return [*danger, *([f"{SIGNS[one['effect']]} {event(one, links)}" for one in entry["events"]] or ["no event"])]


# ── the agenda, and what remains ─────────────────────────────────────────────────────────────────────────────────────────


def agenda_heading(agenda: Mapping[str, Any]) -> str:
    """Return for which session an agenda is."""
    phase = f", {agenda['phase']} phase" if agenda["phase"] else ""
    return f"Agenda for session {agenda['session']}{phase}"


def agenda_for(agenda: Mapping[str, Any], wording: Wording) -> str:
    """Return what the next session would work on."""
    foci = listed([called(one, wording) for one in agenda["foci"]]) if agenda["foci"] else ""
    if not foci:
        return "No focus is agreed, so nothing is proposed that belongs to one."
    return f"{'For' if agenda['agreed'] else 'For what is proposed, and not agreed yet'}: {foci}."


def to_settle_first(told: Mapping[str, Any]) -> str:
    """Return what is settled before the strategies of the agenda; empty where nothing is, or a gate comes before it."""
    return AGAIN if told["agenda"]["focus_stands"] is False and not told["gates"] else ""


def unasked(agenda: Mapping[str, Any]) -> str:
    """Return what waits since nobody asked about danger; empty where nothing does."""
    waits = "; ".join(dict.fromkeys(one["propose"] for one in agenda["unasked"]))
    return f"{UNASKED} {waits}." if waits else ""


def for_clearance(entry: Mapping[str, Any], wording: Wording) -> str:
    """Return for which clearance a withheld strategy waits."""
    return f"Withheld until a clinician has cleared {listed([wording.gate(gate) for gate in entry['gates']])}."


def unknown_strategies(told: Mapping[str, Any]) -> str:
    """Return which strategies are recorded as done that the rule set does not have; empty where there is none."""
    found = [
        f"{one['path']}{f' (the nearest known is {near})' if (near := one['nearest']) else ''}"
        for one in told["unknown_strategies"]
    ]
    return f"{_UNKNOWN_STRATEGIES} {', '.join(found)}" if found else ""


class Left(NamedTuple):
    """Something to do before the end: what it is, and the strategies that it consists of."""

    said: str
    strategies: tuple[Mapping[str, Any], ...] = ()


def remaining(told: Mapping[str, Any]) -> list[Left]:
    """Return what is left to do before the end; nothing after it."""
    agenda = told["agenda"]
    return [] if agenda is None else list(_remaining(told["remaining"], agenda["phase"]))


def _remaining(left: Mapping[str, Any], phase: str | None) -> Iterator[Left]:
    if left["goals"]:
        numbers = [str(_goal_number(place)) for place in left["goals"]]
        yield Left(f"Not recorded as reached: goal{'s' if len(numbers) > 1 else ''} {listed(numbers)}.")
    if left["this_phase"]:
        here = f"the {phase} phase" if phase else "this phase"
        yield Left(f"In {here}, after what is on the agenda:", tuple(left["this_phase"]))
    if left["later_phases"]:
        yield Left("In later phases:", tuple(left["later_phases"]))
    yield Left(f"The ending: {'; '.join(_ending(left))}.")


def _ending(left: Mapping[str, Any]) -> Iterator[str]:
    named = {True: "spoken about", False: "not spoken about yet", None: "whether it was spoken about is not known"}
    yield named[left["ending_named"]]
    yield _READY[left["ready_to_end"]]
    yield _AFTER[left["after_the_end"]]
