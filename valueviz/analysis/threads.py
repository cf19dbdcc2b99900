"""Linear algebra on one thread: our matrices are small, and threads that wait for each other cost more than they bring.

On a busy machine two spinning threads made a panel of forty sites forty times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

Given = ParamSpec("Given")
Result = TypeVar("Result")


@cache
def _controller() -> ThreadpoolController:
    # made at the first call, when the libraries it looks for are loaded
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def one_thread(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The function, its linear algebra on one thread while it runs."""

    @wraps(function)
    def calm(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with _controller().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return calm
