"""The rules as data: what they are, how they are read, and what a whole rule set is."""

from ipt_rules.ruleset.loading import load_ruleset, shipped_folder, variants
from ipt_rules.ruleset.model import Rule, Ruleset
from ipt_rules.ruleset.scoring import Scoring

__all__ = ["Rule", "Ruleset", "Scoring", "load_ruleset", "shipped_folder", "variants"]
