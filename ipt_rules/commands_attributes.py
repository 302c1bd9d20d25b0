"""The command ``ipt-rules attributes``: the source attributes of a rule set."""

from __future__ import annotations

from ipt_rules.interop.attributes_page import attributes_page
from ipt_rules.interop.source_attributes import source_attributes
from ipt_rules.terminal import FormatOption, RulesOption, errors_told, named_ruleset, put, put_json


def attributes(format_: FormatOption = "text", rules: RulesOption = None) -> None:
    """Print the source attributes of a rule set, with its purpose, users, inputs, logic, sources and limits; text is Markdown."""
    with errors_told(format_):
        told = source_attributes(named_ruleset(rules))
    if format_ == "json":
        put_json(told)
    else:
        put(attributes_page(told))
