"""From a link to a Request: the one way in which page and printing child ask the same question."""

from __future__ import annotations

from valueviz import catalog, story, study
from valueviz.errors import UsageError
from valueviz.store import Workspace
from valueviz.terms import Locale, Request
from valueviz.ui.link import Link

HOUSE_BRAND = "valueviz"
"""The brand of a link that names none, as on the command line."""

PROCESS = "process"
"""The report about a process: cases are chosen by their attributes and by the way they took, too."""


def request(workspace: Workspace | None, *, template: str, link: Link, locale: Locale) -> Request:
    """The request a link makes of a template.

    Args:
        workspace: where the client lives; None where there is none.
        template: key of the report.
        link: client, filters, brand.
        locale: language of the document.

    Raises:
        UsageError: `client_needed`, or an unknown client, site or brand with the nearest.
    """
    view = story.view(template, locale=locale, brand=link.brand or HOUSE_BRAND)
    client = workspace.client(link.client) if workspace is not None and link.client is not None else None
    if not catalog.template(template).needs_client:
        industry = client.engagement().industry if client is not None else None
        return Request(study.ask(None, industry=industry), view)
    if client is None:
        raise UsageError("client_needed", template=template)
    if template == PROCESS:
        narrowed = study.ask(
            client,
            sites=link.sites,
            window=link.window(),
            attributes=link.attributes,
            variant=link.variant,
            process=True,
        )
        return Request(narrowed, view)
    return Request(study.ask(client, sites=link.sites, window=link.window()), view)
