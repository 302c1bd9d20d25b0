"""What can be proved about a rule set, and what intakes and courses reach of it."""

from ipt_rules.verify.checks import CHECKS, Findings, check_ruleset, findings
from ipt_rules.verify.coverage import Coverage, coverage
from ipt_rules.verify.defects import Defect
from ipt_rules.verify.monotone import Table, monotonicity
from ipt_rules.verify.obligations import Obligation, infeasible, obligations

__all__ = [
    "CHECKS",
    "Coverage",
    "Defect",
    "Findings",
    "Obligation",
    "Table",
    "check_ruleset",
    "coverage",
    "findings",
    "infeasible",
    "monotonicity",
    "obligations",
]
