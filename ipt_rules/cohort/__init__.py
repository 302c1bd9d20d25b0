"""Many intakes: facts once, rules many times. Needs the extra ``cohort``."""

from ipt_rules.cohort.comparing import Comparison, compare_rules
from ipt_rules.cohort.making import Made, make_facts
from ipt_rules.cohort.running import rank_facts, sql

__all__ = ["Comparison", "Made", "compare_rules", "make_facts", "rank_facts", "sql"]
