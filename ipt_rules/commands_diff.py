"""The command ``ipt-rules diff``: what differs between two rule sets, and what that does to the areas and to given intakes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from ipt_rules.ruleset import load_ruleset
from ipt_rules.ruleset.loading import SHIPPED
from ipt_rules.terminal import FormatOption, errors_told, intake_in, intakes_in, named_ruleset, put_json, show
from ipt_rules.verify import Comparing, difference, moves
from ipt_rules.verify.difference import RELATIONS
from ipt_rules.verify.first_places import DRAWN, MOVES
from ipt_rules.verify.rows_in_words import row_in_words, wanted
from ipt_rules.verify.witnesses import witness_of
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from ipt_rules.intake import Intake
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.verify import RulesetDifference
    from ipt_rules.verify.difference import RuleDifference
    from ipt_rules.verify.first_places import AreaMove, OnIntake

_MOST_TOLD = 40
"""Rules that the text tells; JSON has them all."""

_MOVES_IN_WORDS = {
    "rises": "get more points",
    "falls": "get fewer points",
    "gains_first": "become first",
    "loses_first": "cease to be first",
}


def diff(
    old: Annotated[
        Path,
        typer.Argument(metavar="OLD", help="A folder of rules, a shipped variant, or ipt-rules for the shipped rules."),
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Likewise; what is there instead of OLD.")],
    intakes: Annotated[
        Optional[list[Path]],
        typer.Argument(metavar="[INTAKES]...", help="Intakes, or folders of them, to assess by both."),
    ] = None,
    format_: FormatOption = "text",
    drawn: Annotated[
        int,
        typer.Option(
            "--drawn", metavar="N", min=0, help="Intakes to draw where one is wanted that shows what areas can do."
        ),
    ] = DRAWN,
) -> None:
    """Tell what differs between two rule sets: rule by rule, for the areas, and on given intakes.

    Ends with 0 where both mean the same in the same words, with 1 where they differ, and with 2 where something cannot be read.
    Names and versions of rule sets count for nothing; courses in folders are passed over.
    """
    with errors_told(format_):
        found = difference(_ruleset(old), _ruleset(new), witness_of=witness_of)
        given = _given(intakes or ())
        on_intakes = _on_intakes(found, given)
        moved = moves(found, given.values(), drawn=drawn)
    if format_ == "json":
        put_json(_plain(found, moved, on_intakes))
    else:
        show(Group(*_lines(found, moved, on_intakes)))
    if not found.is_equal:
        raise typer.Exit(1)


def _ruleset(named: Path) -> Ruleset:
    return load_ruleset() if str(named) == SHIPPED and not named.exists() else named_ruleset(named)


def _given(paths: list[Path] | tuple[()]) -> dict[str, Intake]:
    found: dict[str, Intake] = {}
    for path in paths:
        found |= intakes_in(path) if path.is_dir() else {str(path): intake_in(str(path))}
    return found


def _on_intakes(found: RulesetDifference, given: dict[str, Intake]) -> dict[str, OnIntake]:
    if not given:
        return {}
    comparing = Comparing(found)
    return {name: comparing.on(intake) for name, intake in given.items()}


def _plain(found: RulesetDifference, moved: list[AreaMove], on_intakes: dict[str, OnIntake]) -> dict[str, Any]:
    areas: dict[str, dict[str, Any]] = {area: {} for area in AREAS}
    for one in moved:
        areas[one.area][one.move] = one.to_dict()
    told = {name: seen.to_dict() for name, seen in on_intakes.items()}
    return {**found.to_dict(), "areas": areas, "intakes": told}


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(
    found: RulesetDifference, moved: list[AreaMove], on_intakes: dict[str, OnIntake]
) -> Iterator[RenderableType]:
    if found.is_equal:
        yield Text(f"Nothing differs: {len(found.rules)} rules mean the same, in the same words.", style="bold")
    else:
        yield Text(_summary(found), style="bold")
        for one in found.different[:_MOST_TOLD]:
            yield from _rule_lines(one)
        if len(found.different) > _MOST_TOLD:
            yield Text(f"and {len(found.different) - _MOST_TOLD} more rules; --format json tells them all.")
        yield from (Text(f"scoring.yaml: {key}: {before} → {after}") for key, before, after in found.scoring)
        yield from (Text(text) for text in found.texts)
        yield from _area_lines(moved)
    yield from _intake_lines(on_intakes)


def _summary(found: RulesetDifference) -> str:
    counts = {relation: sum(one.relation == relation for one in found.different) for relation in RELATIONS}
    told = [f"{number} {_RELATION_IN_WORDS.get(relation, relation)}" for relation, number in counts.items() if number]
    same = len(found.rules) - len(found.different)
    return f"{len(found.different)} rules differ{': ' if told else ''}{', '.join(told)}; {same} are equal."


_RELATION_IN_WORDS = {"equal": "on the same rows"}


def _rule_lines(one: RuleDifference) -> Iterator[RenderableType]:
    there = one.new or one.old
    assert there is not None  # a rule is in one of the rule sets
    told: list[str] = [] if one.relation == "equal" else [one.relation]
    told += [f"needs {one.needs}"] if one.needs != "equal" else []
    told += ["could hold on other rows"] if one.bounds_differ else []
    told += [f"another {name}" if name not in ("wording", "sources") else f"other {name}" for name in one.changed]
    yield Text.assemble((f"{there.position}: ", "dim"), (one.rule, "bold"), f": {', '.join(told)}")
    for word, witness in (("now", one.gained), ("no longer", one.lost)):
        if witness is not None and one.relation not in ("added", "removed"):
            yield Padding(Text(f"holds {word}: {wanted(witness.kind, witness.claims)}"), (0, 0, 0, 2))
            yield Padding(Text(f"such as {row_in_words(witness.row)}", style="dim"), (0, 0, 0, 4))


def _area_lines(moved: list[AreaMove]) -> Iterator[RenderableType]:
    if all(one.answer == "cannot" for one in moved):
        yield Text("No area's points can change, and none can gain or lose the first place; this is proved.")
        return
    for area in AREAS:
        of_area = {one.move: one for one in moved if one.area == area}
        told = [
            f"{words} {_either([_MOVES_IN_WORDS[move] for move in MOVES if of_area[move].answer == answer])}"
            for answer, words in (("can", "can"), ("cannot", "cannot"), ("undecided", "perhaps can"))
            if any(one.answer == answer for one in of_area.values())
        ]
        yield Text(f"{area}: {'; '.join(told)}.")


def _either(told: list[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"


def _intake_lines(on_intakes: dict[str, OnIntake]) -> Iterator[RenderableType]:
    same = sum(not seen.points and not seen.first_place_changes for seen in on_intakes.values())
    for name, seen in on_intakes.items():
        if seen.points or seen.first_place_changes:
            yield _intake_line(name, seen)
    if on_intakes:
        yield Text(f"{same} of {len(on_intakes)} intakes have the same points and the same first place.")


def _intake_line(name: str, seen: OnIntake) -> Text:
    before, after = (", ".join(areas) or "none" for areas in seen.first)
    first = f"first {before} → {after}" if seen.first_place_changes else f"first {before}, as before"
    points = "".join(f"; {area} {old} → {new} points" for area, (old, new) in seen.points.items())
    through = f", through {', '.join(seen.through)}" if seen.through else ""
    return Text(f"{name}: {first}{points}{through}")
