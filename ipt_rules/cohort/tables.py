"""The tables of facts by name, and the columns that they have beside those of their rows."""

from __future__ import annotations

from typing import Final

from ipt_rules.intake import SUBJECT_LISTS

SUBJECTS: Final = tuple(SUBJECT_LISTS.values())
"""The kinds of row that are about a subject."""
KINDS: Final = (*SUBJECTS, "patient")
"""The kinds of row that facts are kept of, each the name of a table."""
INTAKE: Final = "intake"
"""The column that says which intake a row belongs to: by the line of its record, or on Spark by its key."""
ID: Final = "id"
"""The column of ``patient`` with what the record calls its intake, null where it does not say."""
