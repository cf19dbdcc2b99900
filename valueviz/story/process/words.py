"""A process on the terminal: a few lines, every number from the study."""

from __future__ import annotations

from valueviz.language import Language
from valueviz.story.process.measure import measure_change, measure_name, measure_pair, tested
from valueviz.story.process.summary import basis, contradiction, headline
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy

PLACE = "process"

SAID_STEPS = 3
"""Steps named with what cases wait for."""


def process_sentences(study: ProcessStudy, language: Language) -> str:
    """The finding, what it rests on, the measures, what contradicts it, the edges by fate, the heaviest waits."""
    voice = Voice(language)
    lines = [headline(study, voice, place=PLACE), basis(study, voice, place=PLACE)]
    if study.change is not None and study.change.reason is not None:
        lines.append(voice.say(f"reason.{study.change.reason}.why"))
    if any(check.verdict == "contradicts" for check in study.checks):
        lines.append(contradiction(study, voice, place=PLACE))
    for measure in study.measures:
        change = measure_change(measure, study, voice, place=PLACE)
        values = measure_pair(measure, study, voice, place=PLACE)
        verdict = study.change if measure.key == "lead_median" else tested(measure)
        fields = {"measure": measure_name(measure, voice), "values": values}
        if verdict is None:
            lines.append(voice.say("process.line", **fields))
        elif change:
            word = voice.say(f"verdict.{verdict.verdict}")
            lines.append(voice.say("process.line_change", change=change, verdict=word, **fields))
        else:
            lines.append(voice.say("process.line_verdict", verdict=voice.say(f"verdict.{verdict.verdict}"), **fields))
    for diagnosis in study.diagnoses[:SAID_STEPS]:
        cause = voice.say(f"process_diagnosis.cause.{diagnosis.cause}")
        lines.append(voice.say("process.line_wait", step=voice.quote(diagnosis.step), cause=cause))
    return "\n  ".join(plain(line) for line in lines)
