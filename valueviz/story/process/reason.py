"""What speaks for a diagnosis, in a sentence: the evidence of its rule, every number a fact."""

from __future__ import annotations

from decimal import ROUND_DOWN

from valueviz.analysis.process.result import Diagnosis, Evidence
from valueviz.story.blocks import Run, Text
from valueviz.story.figures import cut
from valueviz.story.process.duration import said
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

WORDS = "process_diagnosis"

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

NEARLY_ALL = 0.995
"""A share from here on is written with a decimal, cut off, so that nearly all is never written as all."""


def percent(fact: Fact, voice: Voice) -> Run:
    """A share as a whole percentage."""
    share = fact.value or 0.0
    if NEARLY_ALL <= share < 1.0:
        return voice.fact(fact, voice.language.percent(float(cut(share, 3, rounding=ROUND_DOWN)), 1))
    return voice.fact(fact, voice.language.percent(share, 0))


def reason(diagnosis: Diagnosis, study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """The evidence of the primary rule, then what else was found."""
    evidence: dict[str, Evidence] = {}
    for each in diagnosis.evidence:
        evidence.setdefault(each.key, each)
    fields: dict[str, Text | Run | str] = {}
    for key, each in evidence.items():
        rule, _, name = key.partition(".")
        if rule == diagnosis.cause:
            fields[name] = _worded(each, study, voice, key=f"{place}.{key}")
            if len(each.of) > 1:
                fields |= {"attribute": voice.quote(each.of[0]), "level": voice.quote(each.of[1])}
    text = voice.say(f"{WORDS}.evidence.{diagnosis.cause}", **fields)
    days = [voice.word(f"{WORDS}.weekday.{day}") for day in WEEKDAYS if day in fields]
    if days:
        text = voice.say(f"{WORDS}.batches_on", said=text, days=voice.language.list_(days))
    return _others(diagnosis, evidence, study, voice, text=text, place=place)


def _others(
    diagnosis: Diagnosis,
    evidence: dict[str, Evidence],
    study: ProcessStudy,
    voice: Voice,
    *,
    text: Text,
    place: str,
) -> Text:
    """The text with the other causes that were found; of a step without a cause, whether it serves out of order.

    Elsewhere the order is not worth words: it explains no waiting.
    """
    if diagnosis.cause == "unexplained":
        turned = evidence.get("overtaking.out_of_order")
        if turned is None or turned.threshold is None or turned.value <= turned.threshold:
            return text
        share = _worded(turned, study, voice, key=f"{place}.{turned.key}")
        return voice.say(f"{WORDS}.out_of_order", share=share)
    rules = dict.fromkeys(key.partition(".")[0] for key in evidence)
    causes = [voice.word(f"{WORDS}.cause.{rule}") for rule in rules if rule not in (diagnosis.cause, "overtaking")]
    return voice.say(f"{WORDS}.also", said=text, causes=voice.language.list_(causes)) if causes else text


def _worded(evidence: Evidence, study: ProcessStudy, voice: Voice, *, key: str) -> Run:
    """One number of the evidence in its unit."""
    lineage = Derived(evidence.key, (study.lineage,))
    if evidence.unit == "second":
        return said(voice, key, evidence.value, lineage=lineage)
    fact = Fact(key, evidence.value, evidence.unit, lineage)
    if evidence.unit == "share":
        return percent(fact, voice)
    return voice.fact(fact, voice.language.grouped(round(evidence.value)))
