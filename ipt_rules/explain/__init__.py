"""Questions put to an assessment: why, why not, what if, what would change it, what to ask next, and what it rests on."""

from ipt_rules.explain.ask import NextQuestion, NextQuestions, PossibleAnswer
from ipt_rules.explain.conclusions import Flip, Flips, SufficientFacts, WhatIf, WhyNot, Winner, Winners
from ipt_rules.explain.open_questions import OpenQuestion, open_behind, open_questions, question_at
from ipt_rules.explain.questioner import Questioner, changed_by
from ipt_rules.explain.reasons import Fact, Reason, Teller
from ipt_rules.explain.why import Why

__all__ = [
    "Fact",
    "Flip",
    "Flips",
    "NextQuestion",
    "NextQuestions",
    "OpenQuestion",
    "PossibleAnswer",
    "Questioner",
    "Reason",
    "SufficientFacts",
    "Teller",
    "WhatIf",
    "Why",
    "WhyNot",
    "Winner",
    "Winners",
    "changed_by",
    "open_behind",
    "open_questions",
    "question_at",
]
