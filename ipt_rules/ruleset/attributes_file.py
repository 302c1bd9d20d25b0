"""The file ``attributes.yaml``: what a rule set says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ipt_rules.ruleset.attributes import NO_USE, USES, Attributes, Use
from ipt_rules.ruleset.files import read_form
from ipt_rules.ruleset.forms import nearest
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ipt_rules.errors import Problem
    from ipt_rules.ruleset.forms import Form

_TEXTS: Final = ("developer", "funding", "purpose", "users", "patients", "logic")
_A_DAY: Final = "a day in quotes, such as '2026-03-14'; leave it out where it is not known"


def read_attributes(path: Path, name: str, base: Attributes, problems: list[Problem]) -> Attributes:
    """Return what the file of one folder says, on top of the rule set that it extends.

    Who made a rule set, who paid for it and its days are never those of another rule set. Its other texts stand until it gives its
    own, its limits are added, and what it says of a field takes the place of all that was said of that field.
    """
    made = replace(base, developer="", funding="", released="", revised=())
    if not path.is_file():
        return made
    form = read_form(path, name, problems, holds="write who made the rule set and what it is for, or remove the file")
    if form is None:
        return made
    said = Attributes(
        released=_released(form),
        revised=tuple(_revised(form)),
        **{key: form.text(key, required=False) or str(getattr(made, key)) for key in _TEXTS},
        limits=(*made.limits, *form.texts("limits", required=False)),
        uses=_with(made.uses, tuple(_uses(form))),
    )
    form.nothing_else()
    problems.extend(form.mistakes.found)
    return said


def _released(form: Form) -> str:
    text = form.text("released", required=False, hint=_A_DAY)
    if text is not None and not _is_a_day(text):
        form.wrong("released", f"must be {_A_DAY}")
        return ""
    return text or ""


def _revised(form: Form) -> Iterator[str]:
    for node, path, text in form.texts_at("revised", required=False):
        if _is_a_day(text):
            yield text
        else:
            form.mistakes.add(node, path, f"must be {_A_DAY}")


def _is_a_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _uses(form: Form) -> Iterator[Use]:
    known = (*USES, NO_USE)
    table = form.form("uses", required=False)
    if table is None:
        return
    for attribute in table.node.items:
        if attribute not in known:
            what = f"no attribute whose use is told; {nearest(attribute, known)}"
            table.mistakes.add(table.place(attribute), f"uses.{attribute}", what)
        elif (entries := table.form(attribute)) is not None:
            yield from _uses_as(attribute, entries, table)


def _uses_as(attribute: str, entries: Form, table: Form) -> Iterator[Use]:
    groups = dict.fromkeys(field.group for field in fields().values())
    for name in entries.node.items:
        path = f"uses.{attribute}.{name}"
        if name not in fields() and name not in groups:
            hint = nearest(name, (*groups, *fields()), otherwise="see `ipt-rules fields`")
            entries.mistakes.add(entries.place(name), path, f"neither a field nor a group of fields; {hint}")
        elif (why := entries.text(name, hint="why it counts as that")) is not None:
            if attribute == NO_USE and (counted := _counted(name, table)):
                entries.mistakes.add(entries.place(name), path, f"counts as {counted} already; take one of the two out")
            yield Use(attribute, name, why)


def _counted(name: str, table: Form) -> str | None:
    """Return the first attribute that a field, or a group, counts as in this file."""
    entries = ((attribute, table.node.items.get(attribute)) for attribute in USES)
    return next((attribute for attribute, node in entries if name in getattr(node, "items", ())), None)


def _with(base: tuple[Use, ...], own: tuple[Use, ...]) -> tuple[Use, ...]:
    replaced = {use.field for use in own}
    return (*(use for use in base if use.field not in replaced), *own)
