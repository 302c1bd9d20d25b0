"""What explanations are made of before they become text or a page: lines with lines below them, in the rule set's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from ipt_rules.render.said import source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.explain.answers import ChangedAnswer
    from ipt_rules.explain.near import Lacking
    from ipt_rules.explain.why import Proof
    from ipt_rules.ruleset.model import Citation, Ruleset

Kind: TypeAlias = Literal["plain", "heading", "lesser", "item", "false", "unknown"]

MARKS: Final[dict[Kind, str]] = {"false": "needed, but not so", "unknown": "needed, but not known"}
"""What stands before a line, by its kind; in words where it matters, so that nobody takes unknown for false."""

NO_ADVICE: Final = "It shows what the ranking hangs on; it is no advice to record anything otherwise."


class Line(NamedTuple):
    """A line of an explanation.

    Attributes:
        said: the sentence.
        beside: what stands after it in smaller print: a rule, or a place in the intake.
        kind: how it stands there.
        below: the lines that belong to it.

    """

    said: str
    beside: str = ""
    kind: Kind = "plain"
    below: tuple[Line, ...] = ()

    @property
    def is_entry(self) -> bool:
        """Whether it is one of several entries of a list."""
        return self.kind in ("item", "false", "unknown")


class Told(NamedTuple):
    """An explanation in words.

    Attributes:
        title: what was asked.
        lines: the answer.
        certainty: whether it is exact or bounded, and what that means here.

    """

    title: str
    lines: tuple[Line, ...]
    certainty: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words for areas, levels, strengths, gates and sources.

    Attributes:
        ruleset: whose words they are.

    """

    ruleset: Ruleset

    def of(self, part: str, key: str) -> str:
        """Return what something is called; ``part`` is ``areas``, ``levels``, ``strengths`` or ``gates``."""
        named: Mapping[str, str] = self.ruleset.words.get(part, {})
        return named.get(key, key.replace("_", " "))

    def source(self, basis: str, cites: Sequence[Citation]) -> str:
        """Return what kind of source something rests on, and its citations."""
        return source(basis, cites, self.ruleset)


def changed(changes: Iterable[ChangedAnswer]) -> Iterator[Line]:
    """Yield changed answers: what is asked and of whom, from what to what; what does not arise any more comes last, briefly."""
    left_out = []
    for change in changes:
        if change.kind == "left_out":
            left_out.append(change)
        elif change.kind == "event":
            yield Line(f"Not recorded so far: {change.after.shown}", change.path, "item")
        else:
            history = " (what has happened, told otherwise)" if change.kind == "history" else ""
            said = f"{asked(change)} {change.before.shown} → {change.after.shown}{history}"
            yield Line(said, change.path, "item")
    if left_out:
        below = tuple(Line(f"{asked(one)} {one.before.shown}", one.path, "item") for one in left_out)
        yield Line("Left out, since these questions do not arise any more:", "", "lesser", below)


def answered(facts: Iterable[ChangedAnswer]) -> Iterator[Line]:
    """Yield answers as they stand."""
    yield from (Line(f"{asked(fact)} {fact.before.shown}", fact.path, "item") for fact in facts)


def asked(change: ChangedAnswer) -> str:
    """Return a question with the subject or the person that it is about, ready for its answer."""
    return f"{change.question} ({change.about}):" if change.about else change.question


def proof(told: Proof) -> tuple[Line, ...]:
    """Return what makes a condition come out as it does, as lines; what holds only together stands side by side."""
    if told.joined == "is":
        return (_comparison(told),)
    below = tuple(line for part in told.parts for line in proof(part))
    if told.joined == "all":
        return below or (Line("always", "", "item"),)
    return below if len(told.parts) == 1 else (Line("one of these is enough:", "", "item", below),)


def _comparison(told: Proof) -> Line:
    kind: Kind = "item" if told.truth else "unknown" if told.truth is None else "false"
    repeats = told.said.endswith(f": {told.shown}")
    here = "" if repeats or told.value is None else f" (here: {told.shown})"
    return Line(f"{told.said}{here}", told.path, kind)


def lacking(missing: Lacking) -> Line:
    """Return a comparison that keeps a rule from holding; of what is not known, with the questions to ask."""
    questions = tuple(Line(f"ask: {question}", path, "item") for path, question in missing.asks)
    told = _comparison(missing.proof)
    return told._replace(beside="" if questions else told.beside, below=questions)
