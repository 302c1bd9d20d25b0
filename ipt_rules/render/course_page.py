"""A review as one page that needs nothing else: for a therapist just before a session, on a screen or on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.plan_rows import in_sessions
from ipt_rules.render import course_found as found
from ipt_rules.render import course_said as said
from ipt_rules.render.html import Markup, element, joined, page, several, table
from ipt_rules.render.mood import mood_over_sessions
from ipt_rules.render.report_parts import Shown, references, rule_name, section, source
from ipt_rules.render.report_plan import strategy
from ipt_rules.render.said import CLINICIAN, needs, provenance, sentence_case, until_cleared
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.review import Review

_USUAL: Final = 20
"""Sessions of a drawing that may be as narrow as the screen; with more of them it scrolls."""

_CLEARED: Final = {True: "Cleared by a clinician: ", False: ""}

_TITLE: Final = "Interpersonal Psychotherapy: where the therapy stands"


def course_page(review: Review, *, names: bool = True) -> str:
    """Return a review as a whole HTML page.

    Args:
        review: what is shown.
        names: call people by name, and tell the goals' texts.

    """
    shown = shown_review(review, names=names)
    told = [(place, heading, body) for place, heading, body in _sections(shown) if body]
    main = element("main", *(section(*one) for one in told))
    links = (element("a", heading, href=f"#{place}") for place, heading, _ in told)
    contents = element("nav", several("ul", links), aria_label="On this page")
    return page(f"{_TITLE} ({said.heading(shown.told)})", _head(shown), contents, main, _foot(shown))


def _sections(shown: Shown) -> Iterator[tuple[str, str, Markup]]:
    """Yield the sections from top to bottom: the place to link to, the heading, and what it says, which may be nothing."""
    yield "before", said.FIRST, _first(shown)
    yield "focus", said.FOCUS, _focus(shown)
    yield "means", said.MEANS, _means(shown)
    if agenda := shown.told["agenda"]:
        yield "agenda", said.agenda_heading(agenda), _agenda(shown)
    yield "remains", said.REMAINS, _remains(shown)
    yield "mood", said.MOOD, _moods(shown)
    yield "earlier", said.EARLIER, _earlier(shown)
    yield "sources", "Sources", references(shown)


def shown_review(review: Review, *, names: bool) -> Shown:
    """Return what a page needs of a review."""
    intake = review.evaluated.intake
    wording = Wording(intake, review.ruleset, names=names)
    return Shown(intake, review.ruleset, wording, review.to_dict(names=names))


def _head(shown: Shown) -> Markup:
    told = [("Stands at", said.heading(shown.told)), ("Day", shown.told["day"] or "not known")]
    terms = (element("div", element("dt", term), element("dd", words)) for term, words in told)
    return element("header", element("h1", _TITLE), element("dl", *terms), element("p", said.standing(shown.told)))


def _first(shown: Shown) -> Markup:
    """Return what a clinician settles before anything else."""
    gates = shown.told["gates"]
    until = element("p", until_cleared(gates, shown.wording), class_="gates") if gates else ""
    first = several(
        "ul", (_reason(one, shown, one["said"]) for one in found.before_anything(shown.told)), class_="cautions"
    )
    waits = found.waits(shown.told)
    return joined([until, first, element("p", waits) if waits else ""])


def _focus(shown: Shown) -> Markup:
    told = shown.told
    stands = said.whether_it_stands(told)
    again = (_reason(one, shown, one["said"], sentence_case(one["advise"])) for one in found.open_reasons(told))
    goals = several("ul", map(said.goal, told["goals"])) or element("p", said.NO_GOALS)
    return joined(
        [
            *(element("p", element("strong", said.focus(one, shown.wording)), class_="focus") for one in told["foci"]),
            element("p", stands, class_="verdict" if told["focus_stands"] is False else None) if stands else "",
            several("ul", again, class_="cautions"),
            element("div", element("h3", "Goals"), goals, class_="goals"),
        ]
    )


# ── the sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def drawn(shown: Shown, *, id_prefix: str = "") -> Markup:
    """Return the drawing; it scrolls by itself where it is too wide."""
    drawing = Markup(mood_over_sessions(shown.told, id_prefix=id_prefix))
    scrolls = element("div", drawing, class_="scrolls", role="region", aria_label=said.DRAWING, tabindex="0")
    sessions = max((phase["to"] for phase in shown.told["phases"]), default=0)
    return element("figure", scrolls, class_="course long" if sessions > _USUAL else "course")


def _moods(shown: Shown) -> Markup:
    links = (
        joined([f"Session {one['session']}: ", one["because"], " ", rule_name(one["rule"])])
        for one in shown.told["links"]
    )
    return joined([drawn(shown), _under(said.LINKS, several("ul", links)), sessions_table(shown.told)])


def sessions_table(told: Mapping[str, Any]) -> Markup:
    """Return the sessions as a table, those of which nothing is recorded among them; nothing before the first one."""
    if not told["sessions"]:
        return Markup()
    measured = told["measured"]
    scale = [said.scale_name(measured)] if measured else []
    headings = ["Session", "Mood", *scale, "Since the session before"]
    return element("div", table(said.MOOD_KEY, headings, _rows(told)), class_="sessions")


def _rows(told: Mapping[str, Any]) -> Iterator[list[str]]:
    more = 1 if told["measured"] else 0
    for number, entry in said.rows(told):
        if entry is None:
            yield [number, "", *([""] * more), "nothing recorded"]
            continue
        day = element("span", entry["day"] or "day not known", class_="rule")
        events = several("ul", said.events(entry, told["links"]), class_="events")
        yield [joined([number, " ", day]), said.mood(entry), *([said.scale(entry, told)] * more), events]


# ── what the session means ───────────────────────────────────────────────────────────────────────────────────────────────


def _means(shown: Shown) -> Markup:
    told = shown.told
    return joined(
        [
            *(_under(topic, _advised(advice, shown)) for topic, advice in found.by_topic(found.advice(told))),
            _under(said.CAUTION, _cautions(found.other_cautions(told), shown)),
            _under(said.CONSIDER, _asked(found.questions(told), shown), class_="group"),
        ]
    )


def _under(heading: str, body: Markup, class_: str | None = None) -> Markup:
    return element("div", element("h3", heading), body, class_=class_) if body else Markup()


def _advised(advice: Iterable[Mapping[str, Any]], shown: Shown) -> Markup:
    """Return advice, each with why it is given."""
    told = (
        _reason(one, shown, element("strong", sentence_case(one["advise"])), found.because(one, shown.told))
        for one in advice
    )
    return several("ul", told, class_="cautions")


def _asked(questions: Iterable[Mapping[str, Any]], shown: Shown) -> Markup:
    """Return questions that rules put to the clinician, each with why."""
    told = (
        _reason(one, shown, one["question"], found.because(one, shown.told), class_="question") for one in questions
    )
    return several("ul", told, class_="questions")


def _cautions(cautions: Iterable[Mapping[str, Any]], shown: Shown) -> Markup:
    told = (
        _reason(one, shown, f"{_CLEARED[bool(one['cleared'])]}{found.because(one, shown.told)}") for one in cautions
    )
    return several("ul", told, class_="cautions")


def _reason(told: Mapping[str, Any], shown: Shown, first: str, *more: str, class_: str = "because") -> Markup:
    """Return what a rule says, with its name, the facts and the sources that it rests on."""
    *lines, last = (first, *more)
    classes = (class_, *("because" if class_ == "because" else "waits" for _ in more))
    return joined(
        [
            *(element("p", line, class_=look) for line, look in zip(lines, classes, strict=False)),
            element("p", last, " ", rule_name(told["rule"]), class_=classes[-1]),
            several("ul", found.facts(told["facts"], shown.told), class_="facts"),
            source(told, shown),
        ]
    )


# ── what comes next ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _agenda(shown: Shown) -> Markup:
    told = shown.told["agenda"]
    of_agenda = shown._replace(told=told)  # strategies name the position of their focus in it
    proposed = _strategies(told["strategies"], of_agenda) or element("p", said.NO_STRATEGY)
    waiting = several("ul", (_waiting(one, of_agenda) for one in told["waiting"]), class_="strategies")
    safety_first = joined([_advised(told["first"], shown), _asked(told["asks"], shown)])
    first, unasked = said.to_settle_first(shown.told), said.unasked(told)
    return joined(
        [
            element("p", said.agenda_for(told, shown.wording), class_="focus"),
            _under(said.SAFETY_FIRST, safety_first),
            element("p", element("strong", first)) if first else "",
            _under(said.OPENING, _advised(told["opening"], shown)),
            _under(said.SAFETY, _strategies(told["safety"], of_agenda)),
            _under(said.STRATEGIES, proposed),
            element("p", unasked, class_="aside") if unasked else "",
            _under(said.WAITING, waiting, class_="withheld"),
        ]
    )


def _strategies(told: Sequence[Mapping[str, Any]], shown: Shown) -> Markup:
    entries = []
    for one in told:
        forward = sentence_case(f"{said.FORWARD}.") if one.get("brought_forward") else ""
        note = element("p", forward, class_="aside") if forward else ""
        entries.append(strategy(one, in_sessions(one["sessions"]), shown, note))
    return several("ul", entries, class_="strategies")


def _waiting(entry: Mapping[str, Any], shown: Shown) -> Markup:
    why = [said.for_clearance(entry, shown.wording)] if entry["gates"] else []
    why += map(sentence_case, needs(entry))
    return strategy(entry, in_sessions(entry["sessions"]), shown, several("ul", why, class_="needs"))


def _remains(shown: Shown) -> Markup:
    unknown = said.unknown_strategies(shown.told)
    note = element("p", unknown, class_="aside") if unknown else ""
    return joined([*map(_left, said.remaining(shown.told)), note])


def _left(left: said.Left) -> Markup:
    entries = (joined([one["propose"], " ", rule_name(one["rule"])]) for one in left.strategies)
    return joined([element("p", left.said), several("ul", entries, class_="left")])


def _earlier(shown: Shown) -> Markup:
    return several(
        "ul",
        (
            joined([f"{sentence_case(one.sessions)}: ", one.because, " ", rule_name(one.rule)])
            for one in found.earlier(shown.told)
        ),
    )


def _foot(shown: Shown) -> Markup:
    told = shown.told
    lines = (told["design_choices"], provenance(told["provenance"]))
    return element("footer", element("p", element("strong", CLINICIAN)), *(element("p", line) for line in lines))
