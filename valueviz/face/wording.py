"""The language of a notebook, and refusals as ValueError with their sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from valueviz.errors import ValuevizError
from valueviz.language import Language, language, resolve_locale

Given = ParamSpec("Given")
Result = TypeVar("Result")


def worded(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a refusal reach the user as a ValueError with its sentence."""

    @wraps(function)
    def worded(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except ValuevizError as refusal:
            raise ValueError(tongue().error(refusal)) from refusal

    return worded


def tongue(lang: str | None = None) -> Language:
    """The language asked for, else that of the environment."""
    return language(resolve_locale(lang, dict(os.environ)))
