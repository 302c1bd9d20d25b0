"""What was found in a therapy, each thing at one place: what closes a gate, open reasons, advice, questions, earlier findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules import places
from ipt_rules.render.course_said import TOPICS, runs
from ipt_rules.render.said import listed, sentence_case
from ipt_rules.sentences import short_meaning as meaning
from ipt_rules.vocabulary import fields
from ipt_rules.wording import shown_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

INTAKE: Final = "the intake"

_AT_THE_TOP: Final = {"course.ended": "ended", "course.phase": "phase"}
"""Facts that where the therapy stands says already, by their keys in a review."""


# ── before anything else ─────────────────────────────────────────────────────────────────────────────────────────────────


def before_anything(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what comes first, each sentence once: what closes each gate, and cautions of this session that refer.

    ``said`` is the sentence, with where it comes from before it.
    """
    alike: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in told["closed_by"]:
        alike.setdefault(_words(one), []).append(one)
    first = [_closed(same) for same in alike.values()]
    others = [one for one in told["cautions"] if one["kind"] == "refer" and not one["cleared"]]
    return [*first, *({**one, "said": one["because"]} for one in others if _words(one) not in alike)]


def _closed(alike: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    numbers = sorted({one["session"] for one in alike if one["session"] is not None})
    since = [INTAKE] if any(one["session"] is None for one in alike) else []
    since += [sessions(numbers)] if numbers else []
    found = [one for closed in alike for one in closed["facts"]]
    return {**alike[0], "facts": found, "said": f"{sentence_case(listed(since))}: {alike[0]['because']}"}


def waits(told: Mapping[str, Any]) -> str:
    """Return how much advice waits until the gates are cleared; empty where none does."""
    number = len(told["advice_waiting"])
    if not number:
        return ""
    return (
        f"{number} further {'piece of advice waits' if number == 1 else 'pieces of advice wait'} until that is cleared."
    )


# ── focus, and what the session means ────────────────────────────────────────────────────────────────────────────────────


def open_reasons(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the reasons to look at the focus again, none while a gate is closed.

    ``said`` is the sentence and since when it holds. What the last session found again stands with its facts as they are now.
    """
    if told["gates"]:
        return []
    now = {_words(one): one for one in told["advice"]}
    return [
        {
            **one,
            **now.get(_words(one), {}),
            "said": _remarked(one["because"], f"since session {one['session']}"),
        }
        for one in told["open_reasons"]
    ]


def _remarked(sentence: str, remark: str) -> str:
    """Return a sentence with a remark in brackets at its end."""
    return f"{sentence.removesuffix('.')} ({remark})."


def advice(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the advice that is told neither beside the focus nor first on the agenda."""
    elsewhere = {_words(one) for one in (*open_reasons(told), *_on_agenda(told, "first"))}
    return [one for one in told["advice"] if _words(one) not in elsewhere]


def questions(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the questions that do not stand first on the agenda."""
    elsewhere = {_words(one) for one in _on_agenda(told, "asks")}
    return [one for one in told["questions"] if _words(one) not in elsewhere]


def other_cautions(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the cautions that do not come first, those that were cleared among them."""
    return [one for one in told["cautions"] if one["kind"] != "refer" or one["cleared"]]


def by_topic(found: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return advice under the heading of what it is about, in its order."""
    topics: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        topics.setdefault(TOPICS[one["about"]], []).append(one)
    return list(topics.items())


def _on_agenda(told: Mapping[str, Any], part: str) -> Sequence[Mapping[str, Any]]:
    return told["agenda"][part] if told["agenda"] else ()


def _words(one: Mapping[str, Any]) -> tuple[str, str]:
    return one["rule"], one["because"]


# ── earlier sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Earlier(NamedTuple):
    """What was found in earlier sessions, the same finding once: in which sessions, why, and by which rule."""

    sessions: str
    because: str
    rule: str


def earlier(told: Mapping[str, Any]) -> list[Earlier]:
    """Return what was found in earlier sessions, but for what was found again, closes a gate or is an open reason."""
    is_told = _told_before(told)
    found: dict[tuple[str, str], dict[int, None]] = {}
    for one in told["earlier"]:
        if not is_told(one):
            found.setdefault((one["because"], one["rule"]), {})[one["session"]] = None
    return [Earlier(sessions(numbers), *words) for words, numbers in found.items()]


def because(one: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Return why something is said, and in which earlier sessions the same was found."""
    numbers = dict.fromkeys(before["session"] for before in told["earlier"] if _words(before) == _words(one))
    sentence: str = one["because"]
    return _remarked(sentence, f"also in {sessions(numbers)}") if numbers else sentence


def _told_before(told: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
    """Return what says whether an earlier finding stands already where it was found again, closes a gate, or is a reason."""
    closed = {(*_words(one), one["session"]) for one in told["closed_by"]}
    since = {_words(one): one["session"] for one in open_reasons(told)}
    again = {_words(one) for one in (*other_cautions(told), *told["advice"], *told["questions"])}

    def is_told(one: Mapping[str, Any]) -> bool:
        words = _words(one)
        if words in since:
            return bool(one["session"] >= since[words])
        return words in again or (*words, one["session"]) in closed

    return is_told


def sessions(numbers: Iterable[int]) -> str:
    """Return sessions by their numbers, those in a row as a span."""
    numbers = list(numbers)
    return f"session{'s' if len(numbers) > 1 else ''} {listed(runs(numbers))}"


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def facts(found: Iterable[Mapping[str, Any]], told: Mapping[str, Any]) -> list[str]:
    """Return facts as people read them, each once, but for those that where the therapy stands says already."""
    return list(dict.fromkeys(_facts(found, told)))


def _facts(found: Iterable[Mapping[str, Any]], told: Mapping[str, Any]) -> Iterator[str]:
    for one in found:
        key = _AT_THE_TOP.get(one["field"])
        if key is None or one["value"] != told[key]:
            yield fact(one, told)


def fact(one: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Return a fact with its place, and the session of that place: of a computed one what it means, and never an answer."""
    field, session = fields()[one["field"]], _session_of(one["path"], told)
    value = shown_value(field, one["value"])
    if field.is_derived:
        words = meaning(field)
        return f"{words[:1].lower()}{words[1:]}: {value} ({f'{session}: ' if session else ''}{one['path']})"
    return f"{one['path']}: {value}{f' ({session})' if session else ''}"


def _session_of(path: str, told: Mapping[str, Any]) -> str:
    """Return the session in which an answer was given, by its place; empty for a place in the intake."""
    steps = places.parse(path) if path.startswith("check_ins[") and "[]" not in path else ()
    return f"session {told['sessions'][int(steps[1])]['session']}" if steps else ""
