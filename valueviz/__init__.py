"""valueviz: the value of a software implementation, measured, doubted and shown.

Its names resolve on first use, so that `import valueviz` stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valueviz.face import effect as effect
    from valueviz.face import open as open
    from valueviz.face import process as process
    from valueviz.terms import VERSION as __version__

__all__ = ["__version__", "effect", "open", "process"]


def __getattr__(name: str) -> Any:
    """Resolve a name of the Python face, or the version, on first use."""
    if name == "__version__":
        from valueviz.terms import VERSION

        return VERSION
    if name in ("effect", "open", "process"):
        from valueviz import face

        return getattr(face, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
