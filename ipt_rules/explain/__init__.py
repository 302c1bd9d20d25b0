"""Questions put to an assessment: why, why not, what if, what would change it, what to ask next, and what it rests on."""

from ipt_rules.explain.answers import told_answer
from ipt_rules.explain.ask import NextQuestion, NextQuestions, PossibleAnswer
from ipt_rules.explain.conclusions import (
    Flip,
    Flips,
    NewFact,
    Reassessment,
    SufficientFacts,
    WhatIf,
    WhyNot,
    Winner,
    Winners,
)
from ipt_rules.explain.difference import difference
from ipt_rules.explain.open_questions import OpenQuestion, open_behind, open_questions, question_at
from ipt_rules.explain.questioner import Questioner, changed_by
from ipt_rules.explain.reasons import Fact, Reason, Teller
from ipt_rules.explain.why import Why

__all__ = [
    "Fact",
    "Flip",
    "Flips",
    "NewFact",
    "NextQuestion",
    "NextQuestions",
    "OpenQuestion",
    "PossibleAnswer",
    "Questioner",
    "Reason",
    "Reassessment",
    "SufficientFacts",
    "Teller",
    "WhatIf",
    "Why",
    "WhyNot",
    "Winner",
    "Winners",
    "changed_by",
    "difference",
    "open_behind",
    "open_questions",
    "question_at",
    "told_answer",
]
