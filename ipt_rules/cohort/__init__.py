"""Many intakes: facts once, rules many times. Needs the extra ``cohort``."""

from ipt_rules.errors import MissingExtraError

try:
    from ipt_rules.cohort.comparing import Comparison, compare_rules
    from ipt_rules.cohort.making import Made, make_facts
    from ipt_rules.cohort.running import rank_facts, sql
except ModuleNotFoundError as missing:
    if missing.name not in ("duckdb", "pyarrow", "sqlglot"):
        raise
    raise MissingExtraError('Cohorts need the extra "cohort": pip install "ipt-rules[cohort]"') from missing

__all__ = ["Comparison", "Made", "compare_rules", "make_facts", "rank_facts", "sql"]
