"""Ranks the four IPT problem areas from a structured intake, with reasons that can be checked and questioned."""

from ipt_rules._version import __version__
from ipt_rules.assessment import Assessment, Assessor, assess, assess_many, example, read_intake
from ipt_rules.errors import (
    EvaluationError,
    IntakeError,
    IptRulesError,
    MissingExtraError,
    Problem,
    RulesetError,
)
from ipt_rules.intake import Intake
from ipt_rules.inventory import Inventory, Person, Tie
from ipt_rules.ruleset import Rule, Ruleset, load_ruleset

__all__ = [
    "Assessment",
    "Assessor",
    "EvaluationError",
    "Intake",
    "IntakeError",
    "Inventory",
    "IptRulesError",
    "MissingExtraError",
    "Person",
    "Problem",
    "Rule",
    "Ruleset",
    "RulesetError",
    "Tie",
    "__version__",
    "assess",
    "assess_many",
    "example",
    "load_ruleset",
    "read_intake",
]
