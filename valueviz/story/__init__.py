"""Where a number becomes text: documents from studies, and the facts they state."""

from valueviz.story.blocks import Document
from valueviz.story.compose import block_texts, compose, facts, facts_json, runs, view
from valueviz.story.single import effect_chart, effect_sentence

__all__ = [
    "Document",
    "block_texts",
    "compose",
    "effect_chart",
    "effect_sentence",
    "facts",
    "facts_json",
    "runs",
    "view",
]
