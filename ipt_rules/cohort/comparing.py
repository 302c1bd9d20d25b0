"""Two rule sets on the same facts: whose first area changes, and through which rules."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ipt_rules.cohort.folder import Folder, replaced
from ipt_rules.cohort.running import INTAKES_AT_ONCE, assessed, connected, groups, provenance, sql
from ipt_rules.ruleset.consequences import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import duckdb

    from ipt_rules.ruleset.model import Ruleset

SCORING: Final = "scoring"
"""What stands in the place of a rule where the same rules count the same, and their levels or limits differ."""

_CHANGED: Final = """
    SELECT old.intake, old.id, old.first AS before, new.first AS after, old.findings AS held, new.findings AS holds
    FROM old JOIN new USING (intake) WHERE old.first <> new.first ORDER BY old.intake
"""
_SCHEMA: Final = pa.schema(
    [
        ("intake", pa.int64()),
        ("id", pa.string()),
        ("before", pa.string()),
        ("after", pa.string()),
        ("through", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True)
class Comparison:
    """What another rule set does to many intakes.

    Attributes:
        intakes: how many were ranked by both.
        moves: how often each first place became another, as the two in words; areas that share it are named together.
        through: for each rule, how many of these intakes it has to do with: it holds by one rule set alone, or counts otherwise.

    """

    intakes: int
    moves: Counter[tuple[str, str]]
    through: Counter[str]

    @property
    def changed(self) -> int:
        """How many intakes have another area first."""
        return self.moves.total()

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values, the most frequent first."""
        moves = sorted(self.moves.items(), key=lambda move: (-move[1], move[0]))
        return {
            "intakes": self.intakes,
            "changed": self.changed,
            "moves": [{"before": before, "after": after, "intakes": count} for (before, after), count in moves],
            "through": dict(sorted(self.through.items(), key=lambda one: (-one[1], one[0]))),
        }


def compare_rules(
    folder: str | Path,
    old: Ruleset,
    new: Ruleset,
    *,
    to: str | Path | None = None,
    jobs: int | None = None,
    intakes_at_once: int = INTAKES_AT_ONCE,
    told: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Rank the areas for every intake whose facts are in a folder by two rule sets, and return what changes.

    Args:
        folder: what ``make_facts`` wrote.
        old: the rules as they are.
        new: the rules as they could be.
        to: a Parquet file for the intakes whose first area changes, each with the rules that it changes through.
        jobs: threads; None for one for each core.
        intakes_at_once: the more, the more memory it takes.
        told: is told from time to time how many intakes are compared, and how many there are.

    Raises:
        IntakeError: there are no facts, they are damaged, or another version made them; or the file would stand among them.
        EvaluationError: the rules could not be evaluated; there is no comparison.
        OSError: the file cannot be written.

    """
    facts = Folder(Path(folder))
    if to is not None:
        facts.keep_out(Path(to), "Nothing was written:")
    parts = facts.parts()
    whole, done = sum(parts.values()), 0
    found = Comparison(whole, Counter(), Counter())
    queries = sql(old), sql(new)
    blamed = _Blame(old, new)
    with connected(jobs) as connection, _written(to, {"old": old, "new": new}) as write:
        for group in groups(parts, intakes_at_once):
            changed = []
            for row in _changed(connection, facts, group, queries):
                through = blamed.through(row.pop("held"), row.pop("holds"))
                found.moves[row["before"], row["after"]] += 1
                found.through.update(through)
                changed.append({**row, "through": through})
            write(changed)
            done += sum(group.values())
            if told:
                told(done, whole)
    return found


def _changed(
    connection: duckdb.DuckDBPyConnection, facts: Folder, group: Mapping[int, int], queries: tuple[str, str]
) -> list[dict[str, Any]]:
    for name, query in zip(("old", "new"), queries, strict=True):
        connection.register(name, assessed(connection, facts, group, query))
    changed: list[dict[str, Any]] = connection.sql(_CHANGED).to_arrow_table().to_pylist()
    return changed


@contextlib.contextmanager
def _written(to: str | Path | None, rulesets: dict[str, Ruleset]) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
    """Give what writes rows into a file, which is there once all are written; or takes them for nothing where none is wanted."""
    if to is None:
        yield lambda rows: None
        return
    told = {f"{name}.{key}": said for name, ruleset in rulesets.items() for key, said in provenance(ruleset).items()}
    schema = _SCHEMA.with_metadata(told)
    with replaced(Path(to)) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        yield lambda rows: writer.write_table(pa.Table.from_pylist(rows, schema))


class _Blame:
    """Tells through which rules two rankings differ."""

    def __init__(self, old: Ruleset, new: Ruleset) -> None:
        self._deciding = [{rule.id for rule in ruleset.counting.rules} for ruleset in (old, new)]
        counted = [
            {rule.id: (rule.consequence, _points(ruleset, rule.id)) for rule in ruleset.counting.rules}
            for ruleset in (old, new)
        ]
        self._otherwise = {
            name for name in counted[0].keys() & counted[1].keys() if counted[0][name] != counted[1][name]
        }

    def through(self, held: list[dict[str, str]], holds: list[dict[str, str]]) -> list[str]:
        """Return the rules whose findings differ, or count otherwise; ``scoring`` where there are none."""
        before, after = (
            {(one["rule"], one["place"]) for one in findings if one["rule"] in deciding}
            for findings, deciding in zip((held, holds), self._deciding, strict=True)
        )
        rules = {rule for rule, _ in before ^ after} | {rule for rule, _ in before & after} & self._otherwise
        return sorted(rules) or [SCORING]


def _points(ruleset: Ruleset, rule_id: str) -> int:
    rule = ruleset.rule(rule_id)
    return ruleset.scoring.points[rule.consequence.strength] if isinstance(rule.consequence, Evidence) else 0
