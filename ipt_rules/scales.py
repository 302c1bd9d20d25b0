"""The scales that an intake and a check-in record: what each is called, and how many points it can have."""

from __future__ import annotations

from typing import Annotated, Optional, TypeAlias

from annotated_types import Interval

from ipt_rules.records import WHOLE, Asked

Phq9: TypeAlias = Annotated[
    Optional[Annotated[int, Interval(ge=0, le=27), WHOLE]], Asked("PHQ-9 total (depression)", unit="points")
]
Phq9Item9: TypeAlias = Annotated[
    Optional[Annotated[int, Interval(ge=0, le=3), WHOLE]],
    Asked("PHQ-9 item 9 (thoughts of death or self-harm)", unit="points", part_of="phq9"),
]
Gad7: TypeAlias = Annotated[
    Optional[Annotated[int, Interval(ge=0, le=21), WHOLE]], Asked("GAD-7 total (anxiety)", unit="points")
]
Epds: TypeAlias = Annotated[
    Optional[Annotated[int, Interval(ge=0, le=30), WHOLE]],
    Asked("EPDS total (depression around childbirth)", unit="points"),
]
EpdsItem10: TypeAlias = Annotated[
    Optional[Annotated[int, Interval(ge=0, le=3), WHOLE]],
    Asked(
        "EPDS item 10 (thoughts of self-harm); recorded where the EPDS is used",
        unit="points",
        judgement=True,
        part_of="epds",
    ),
]
Hamd17: TypeAlias = Annotated[
    Optional[Annotated[int, Interval(ge=0, le=52), WHOLE]],
    Asked("HAM-D total, 17 items (depression, rated by the clinician)", unit="points"),
]
Bdi2: TypeAlias = Annotated[
    Optional[Annotated[int, Interval(ge=0, le=63), WHOLE]], Asked("BDI-II total (depression)", unit="points")
]
