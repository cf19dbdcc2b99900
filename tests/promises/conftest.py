"""One sample workspace and its documents, built once through the gate every user goes through."""

from __future__ import annotations

from pathlib import Path

import pytest

from valueviz import catalog, story, study
from valueviz.catalog import read_engagement, read_mapping
from valueviz.catalog.demo import read_demo
from valueviz.intake import import_file
from valueviz.store import Workspace
from valueviz.story import Document
from valueviz.study import Study
from valueviz.terms import Locale


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shipped sample in a folder with Chinese and a space in its name."""
    folder = catalog.shipped("datasets", "manufacturer")
    demo = read_demo((folder / "demo.toml").read_text(encoding="utf-8"), file="demo.toml")
    made = Workspace.open(tmp_path_factory.mktemp("样本 workspace"), create=True)
    text = (folder / demo.engagement).read_bytes()
    made.put_engagement(demo.client, text, read_engagement(text.decode(), file=demo.engagement), file=demo.engagement)
    for entry in demo.files:
        mapping = None
        if entry.mapping is not None:
            mapping = read_mapping((folder / entry.mapping).read_text(encoding="utf-8"), file=entry.mapping)
        import_file(made.client(demo.client), folder / entry.name, mapping=mapping, propose=False)
    return made


@pytest.fixture(scope="session")
def answered(workspace: Workspace) -> Study:
    """What is known about the sample client."""
    return study.run(workspace, study.ask(workspace.client(workspace.clients()[0].key)))


@pytest.fixture(scope="session")
def documents(answered: Study) -> dict[tuple[str, Locale], Document]:
    """Renewal and education in both languages."""
    general = study.run(None, study.ask(None, industry="manufacturing"))
    locales: tuple[Locale, ...] = ("zh_CN", "en")
    return {
        (template, locale): story.compose(about, story.view(template, locale=locale))
        for template, about in (("renewal", answered), ("education", general))
        for locale in locales
    }


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """The folder of the shipped sample."""
    return catalog.shipped("datasets", "manufacturer")
