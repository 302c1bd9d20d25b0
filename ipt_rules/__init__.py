"""Ranks the four IPT problem areas from a structured intake, with reasons that can be checked and questioned."""

from ipt_rules._version import __version__
from ipt_rules.assessment import Assessment
from ipt_rules.assessor import Assessor, assess, assess_many
from ipt_rules.course import Course
from ipt_rules.dates import When
from ipt_rules.errors import (
    DisagreementError,
    EvaluationError,
    IntakeError,
    IptRulesError,
    MissingExtraError,
    Problem,
    RulesetError,
)
from ipt_rules.explain import Reassessment
from ipt_rules.intake import Change, Dispute, Episode, Intake, Isolation, Loss, Patient, Safety, Therapy, View
from ipt_rules.inventory import Inventory, Person, Tie
from ipt_rules.reading_courses import example_course, example_courses, read_course
from ipt_rules.reading_intakes import example, examples, read_intake
from ipt_rules.review import Review
from ipt_rules.ruleset import Rule, Ruleset, load_ruleset, variants
from ipt_rules.sessions import (
    AgreedFocus,
    AgreedGoal,
    CheckIn,
    Contract,
    GoalProgress,
    InterpersonalEvent,
    NewFacts,
)

__all__ = [
    "AgreedFocus",
    "AgreedGoal",
    "Assessment",
    "Assessor",
    "Change",
    "CheckIn",
    "Contract",
    "Course",
    "DisagreementError",
    "Dispute",
    "Episode",
    "EvaluationError",
    "GoalProgress",
    "Intake",
    "IntakeError",
    "InterpersonalEvent",
    "Inventory",
    "IptRulesError",
    "Isolation",
    "Loss",
    "MissingExtraError",
    "NewFacts",
    "Patient",
    "Person",
    "Problem",
    "Reassessment",
    "Review",
    "Rule",
    "Ruleset",
    "RulesetError",
    "Safety",
    "Therapy",
    "Tie",
    "View",
    "When",
    "__version__",
    "assess",
    "assess_many",
    "example",
    "example_course",
    "example_courses",
    "examples",
    "load_ruleset",
    "read_course",
    "read_intake",
    "variants",
]
