"""CDS Hooks 2.0.1, as plain values: what a service says of itself, and an assessment as cards for the hook ``patient-view``.

A card informs. None is ever ``critical``, none suggests or takes an action, none calls anybody by name. What a clinician has to
clear comes first, without points and without the answers behind it: it says to assess by the local protocol.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ipt_rules.catalogue import places_of_rules
from ipt_rules.interop.cds_details import Details
from ipt_rules.ruleset import load_ruleset
from ipt_rules.ruleset.consequences import CAUTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ipt_rules.assessment import Assessment
    from ipt_rules.ruleset.model import Ruleset

HOOK: Final = "patient-view"
SERVICE: Final = "ipt-problem-areas"
MOST_IN_A_SUMMARY: Final = 139
"""Characters: the specification asks for less than 140."""

PREFETCH: Final = {"responses": "QuestionnaireResponse?patient={{context.patientId}}&status=completed,amended"}
"""What a client sends along, by default: the questionnaires of the patient that were filled in."""

_OVERRIDES: Final = uuid.UUID("3f0a1d3e-8a53-5b0c-9f6e-0b1f7d0c2a11")
"""From it comes the code system of the override reasons of each rule set."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages lie that cards point to.

    Attributes:
        catalogue: the folder of the pages that ``ipt-rules catalogue`` writes; None: cards have no links.
        source: a page about the rule set, in which ``{name}``, ``{version}`` and ``{digest}`` are filled in; None: it has none.

    Raises:
        ValueError: an address is not an absolute one of http or https, or holds another placeholder.

    """

    catalogue: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        for name in ("catalogue", "source"):
            address = getattr(self, name)
            if address is not None and not address.startswith(("https://", "http://")):
                raise ValueError(f"{name}: must be an absolute address that begins with https:// or http://")
        if self.source is not None and set("{}") & set(_filled(self.source, name="", version="", digest="")):
            raise ValueError("source: may hold the placeholders {name}, {version} and {digest}, and no others")


def discovery(
    ruleset: Ruleset, *, service: str = SERVICE, prefetch: Mapping[str, str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the discovery document of a service that gives ``cards``.

    Args:
        ruleset: whose words describe it.
        service: the id of the service, the last part of its address.
        prefetch: what a client sends along, by key; None for the questionnaires that were filled in.

    """
    words = words_of_cards(ruleset)
    entry: dict[str, Any] = {
        "hook": HOOK,
        "title": words["title"],
        "description": words["description"],
        "id": service,
        "prefetch": dict(PREFETCH if prefetch is None else prefetch),
    }
    return {"services": [entry]}


def cards(
    assessment: Assessment, addresses: Addresses | None = None, *, new_uuid: Callable[[], str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return what a service answers to ``patient-view``: cards; there is always one.

    First one card for each gate that no clinician has cleared, then the ranking, or that no area is supported yet and what to ask
    first, then what else to keep in mind. ``detail`` is Markdown, with every source of every reason.

    Args:
        assessment: what follows from the intake.
        addresses: where the pages lie that the cards point to.
        new_uuid: gives each card an id of its own, for feedback on it; None: cards have none, and are the same each time.

    """
    made = _Cards(assessment, addresses or Addresses(), new_uuid)
    return {"cards": [*made.gates(), *made.ranking(), *made.cautions()]}


def words_of_cards(ruleset: Ruleset) -> dict[str, str]:
    """Return the words of cards: those of the shipped rules, and in place of them what the rule set words itself."""
    return {**load_ruleset().words["cards"], **ruleset.words.get("cards", {})}


def override_reasons(ruleset: Ruleset) -> list[dict[str, str]]:
    """Return why a clinician may set a card aside, as codings; the code system is one for each name of a rule set."""
    system = f"urn:uuid:{uuid.uuid5(_OVERRIDES, ruleset.name)}"
    reasons = ruleset.words.get("override_reasons", {})
    return [{"code": code, "system": system, "display": display} for code, display in reasons.items()]


class _Cards:
    """Makes the cards of one assessment."""

    def __init__(self, assessment: Assessment, addresses: Addresses, new_uuid: Callable[[], str] | None) -> None:
        self._ruleset = assessment.ruleset
        self._told = assessment.to_dict()
        self._words = words_of_cards(self._ruleset)
        self._details = Details(self._ruleset, self._words, assessment.intake.assessed_on.isoformat())
        self._addresses = addresses
        self._new_uuid = new_uuid

    def gates(self) -> Iterator[dict[str, Any]]:
        """Yield a card for each gate that is set and not cleared."""
        for gate in self._told["gates_to_clear"]:
            cautions = [one for one in self._told["cautions"] if one["gate"] == gate]
            summary = self._summary("gate", gate=self._named("gates", gate))
            yield self._card(summary, "warning", self._details.of_gate(cautions), cautions)

    def ranking(self) -> Iterator[dict[str, Any]]:
        """Yield the card of the ranking; where no area is supported, of what to ask first."""
        first = [one for one in self._told["ranking"] if one["rank"] == 1]
        if not first:
            yield self._card(self._summary("none"), "info", self._details.of_no_area(self._told), ())
        else:
            told = [one for entry in self._told["ranking"] for one in self._details.reasons(entry)]
            yield self._card(self._first(first), "info", self._details.of_ranking(self._told), told)

    def cautions(self) -> Iterator[dict[str, Any]]:
        """Yield the card of the cautions that close no gate, where there are any."""
        found = [one for one in self._told["cautions"] if one["gate"] is None]
        if found:
            kind = min((one["kind"] for one in found), key=CAUTIONS.index)
            summary = self._summary(f"cautions.{kind}", number=str(len(found)))
            indicator = "warning" if kind in ("refer", "protocol") else "info"
            yield self._card(summary, indicator, self._details.of_cautions(found), found)

    def _first(self, first: list[dict[str, Any]]) -> str:
        """Return the summary of a ranking, by what stands first in it."""
        areas = [self._named("areas", one["area"]) for one in first]
        if len(first) > 1:
            return self._summary("equal", areas="; ".join(areas))
        (one,) = first
        said = {"area": areas[0], "level": self._named("levels", one["level"])}
        if one["focus"] is None:
            return self._summary("first.short", **said)
        return self._summary("first", subject=one["focus"]["label"], **said)

    def _card(self, summary: str, indicator: str, detail: str, told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        card: dict[str, Any] = {} if self._new_uuid is None else {"uuid": self._new_uuid()}
        card |= {"summary": summary, "detail": detail, "indicator": indicator, "source": self._source()}
        if reasons := override_reasons(self._ruleset):
            card["overrideReasons"] = reasons
        if links := list(self._links(dict.fromkeys(one["rule"] for one in told))):
            card["links"] = links
        return card

    def _source(self) -> dict[str, str]:
        ruleset = self._ruleset
        source = {"label": f"{ruleset.name} {ruleset.version}"}
        if self._addresses.source is not None:
            said = {"name": ruleset.name, "version": ruleset.version, "digest": ruleset.digest}
            source["url"] = _filled(self._addresses.source, **said)
        return source

    def _links(self, rules: Iterable[str]) -> Iterator[dict[str, str]]:
        """Yield a link to the page of each rule."""
        if self._addresses.catalogue is None:
            return
        folder, places = self._addresses.catalogue.rstrip("/"), places_of_rules(self._ruleset)
        for rule in rules:
            page, _, heading = places[rule].partition("#")
            yield {"label": rule, "url": f"{folder}/{quote(page)}#{quote(heading)}", "type": "absolute"}

    def _summary(self, key: str, **said: str) -> str:
        """Return a summary that is short enough: in the first wording that is, or cut."""
        wordings = [self._words[name] for name in (key, f"{key}.short") if name in self._words]
        texts = [_filled_words(wording, said) for wording in wordings]
        short = [text for text in texts if len(text) <= MOST_IN_A_SUMMARY]
        return short[0] if short else _cut(texts[-1])

    def _named(self, part: str, key: str) -> str:
        return self._ruleset.words.get(part, {}).get(key, key.replace("_", " "))


def _cut(text: str) -> str:
    """Return a text that is too long for a summary, cut between two words where there are any."""
    start = text[: MOST_IN_A_SUMMARY - 1]
    return f"{start.rpartition(' ')[0] or start}…"


def _filled(template: str, **said: str) -> str:
    """Return an address with what is said in it, written as an address has to be."""
    return _filled_words(template, {name: quote(value, safe="") for name, value in said.items()})


def _filled_words(template: str, said: Mapping[str, str]) -> str:
    for name, value in said.items():
        template = template.replace(f"{{{name}}}", value)
    return template
