"""What can be proved about a rule set, and what intakes and courses reach of it."""

from ipt_rules.verify.checks import CHECKS, Findings, check_ruleset, findings
from ipt_rules.verify.coverage import Coverage, coverage
from ipt_rules.verify.defects import Defect
from ipt_rules.verify.difference import RulesetDifference, difference
from ipt_rules.verify.first_places import Comparing, moves
from ipt_rules.verify.monotone import Table, monotonicity
from ipt_rules.verify.mutants import Mutant, mutants
from ipt_rules.verify.mutation import Mutation, mutation
from ipt_rules.verify.obligations import Obligation, infeasible, obligations

__all__ = [
    "CHECKS",
    "Comparing",
    "Coverage",
    "Defect",
    "Findings",
    "Mutant",
    "Mutation",
    "Obligation",
    "RulesetDifference",
    "Table",
    "check_ruleset",
    "coverage",
    "difference",
    "findings",
    "infeasible",
    "monotonicity",
    "moves",
    "mutants",
    "mutation",
    "obligations",
]
