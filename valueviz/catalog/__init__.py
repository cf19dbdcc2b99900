"""Definitions: packs, cases, engagements, mappings, templates, brands, calendars, read into frozen nouns.

Whatever is wrong in a definition file is named by file, key and nearest valid thing; nothing here knows a
number that was measured, and importing this room loads no heavy library.
"""

from valueviz.catalog.brand import Brand, brand, brands, read_brand
from valueviz.catalog.calendars import moved_days, provisional_years, spring_festival_share
from valueviz.catalog.case import CaseCard, CaseFigure, cases
from valueviz.catalog.definition import definition_text
from valueviz.catalog.engagement import check_promises, read_engagement, write_engagement
from valueviz.catalog.flow import Flow, FlowStep, FlowTime
from valueviz.catalog.instrument import instrument_of
from valueviz.catalog.mapping import Format, Layout, Mapping, read_mapping, write_mapping
from valueviz.catalog.nearest import nearest, suggestion
from valueviz.catalog.pack import (
    Pack,
    PhaseGuide,
    ReadinessCheck,
    Recording,
    headers_of,
    pack,
    pack_or_general,
    packs,
    plain_header,
    priced,
)
from valueviz.catalog.shipped import catalog_digest, shipped
from valueviz.catalog.template import CONDITIONS, SectionEntry, Template, template, templates

__all__ = [
    "Brand",
    "brand",
    "brands",
    "read_brand",
    "CaseCard",
    "CaseFigure",
    "cases",
    "definition_text",
    "read_engagement",
    "write_engagement",
    "check_promises",
    "Flow",
    "FlowStep",
    "FlowTime",
    "Mapping",
    "Format",
    "Layout",
    "read_mapping",
    "write_mapping",
    "Pack",
    "PhaseGuide",
    "ReadinessCheck",
    "Recording",
    "pack",
    "packs",
    "pack_or_general",
    "headers_of",
    "priced",
    "instrument_of",
    "plain_header",
    "Template",
    "SectionEntry",
    "CONDITIONS",
    "template",
    "templates",
    "spring_festival_share",
    "moved_days",
    "provisional_years",
    "nearest",
    "suggestion",
    "shipped",
    "catalog_digest",
]
