"""The derived fields: what rules may ask of an intake that nobody recorded as such.

Each is a pure function of one case, with the answers that it reads, the fields that it cannot vary without, and the source of its
clinical meaning. The first sentence of its docstring is its meaning in the vocabulary. None means "not known yet".
"""

from ipt_rules.derived import counts, course, endings, later, session, subjects, symptoms  # noqa: F401  # importing them fills the registry
from ipt_rules.derived.registry import REGISTRY, Case, Derived

__all__ = ["REGISTRY", "Case", "Derived"]
