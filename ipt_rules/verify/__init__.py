"""What can be proved about a rule set: defects of rules, each with where it stands and what would be right."""

from ipt_rules.verify.checks import CHECKS, check_ruleset
from ipt_rules.verify.defects import Defect

__all__ = ["CHECKS", "Defect", "check_ruleset"]
