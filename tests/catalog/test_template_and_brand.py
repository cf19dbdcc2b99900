"""Templates and brands: what is shipped is valid, what is not is refused by name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from valueviz.catalog import brand, brands, catalog_digest, read_brand, shipped, template, templates
from valueviz.catalog.brand import Brand, contrast
from valueviz.catalog.template import read_template
from valueviz.errors import DefinitionError, UsageError
from valueviz.terms import LOCALES

BRANDS = shipped("report_templates", "brands")
VALUEVIZ = (BRANDS / "valueviz.toml").read_text(encoding="utf-8")
NAMES = '{ zh_CN = "甲", en = "A" }'
TEMPLATE = f"title = {NAMES}\nquestion = {NAMES}\nneeds_client = false\n"


def test_the_renewal_report_needs_a_client_and_the_education_report_none() -> None:
    assert templates() == ("education", "evidence", "process", "quality", "renewal")
    assert template("renewal").needs_client
    assert not template("education").needs_client


def test_sections_come_in_the_order_of_the_file_with_their_conditions() -> None:
    text = TEMPLATE + "".join(
        f'[[section]]\nkey = "{key}"\n{when}\n'
        for key, when in (
            ("summary", ""),
            ("promised", 'when = "has_promises"'),
            ("answer", ""),
            ("trend", 'when = ["has_client", "has_effects"]'),
        )
    )
    assert [(section.key, section.when) for section in read_template(text, key="x", file="x.toml").sections] == [
        ("summary", ()),
        ("promised", ("has_promises",)),
        ("answer", ()),
        ("trend", ("has_client", "has_effects")),
    ]


@pytest.mark.parametrize("name", templates())
def test_every_template_has_its_title_and_question_in_every_language(name: str) -> None:
    for locale in LOCALES:
        assert template(name).title[locale]
        assert template(name).question[locale][-1] in "?？"


BAD_TEMPLATES = {
    "no section": (TEMPLATE, "key_missing", {"key": "section"}),
    "a section twice": (TEMPLATE + '[[section]]\nkey = "a"\n' * 2, "key_twice", {"found": "a"}),
    "an unknown condition": (
        TEMPLATE + '[[section]]\nkey = "a"\nwhen = "has_promise"',
        "key_not_one_of",
        {"key": "section[1].when", "nearest": "has_promises"},
    ),
    "a section key in capitals": (TEMPLATE + '[[section]]\nkey = "Summary"', "key_wrong_form", {"found": "Summary"}),
    "a missing language": (
        TEMPLATE.replace(', en = "A"', "", 1) + '[[section]]\nkey = "a"',
        "key_missing",
        {"key": "title.en"},
    ),
    "an unknown key": (TEMPLATE + "layout = 1", "key_unknown", {"key": "layout"}),
    "more than a page of text": (TEMPLATE + "#" * 70_000, "definition_too_large", {"needed": 65_536}),
}


@pytest.mark.parametrize(("text", "code", "fields"), BAD_TEMPLATES.values(), ids=BAD_TEMPLATES.keys())
def test_a_bad_template_is_refused_by_its_key(text: str, code: str, fields: dict[str, object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_template(text, key="x", file="x.toml")
    assert caught.value.code == code
    assert {key: caught.value.fields.get(key) for key in fields} == fields


@pytest.mark.parametrize(
    ("ask", "word", "nearest"),
    [(template, "renewl", "renewal"), (brand, "valueviz2", "valueviz"), (template, "../renewal", "renewal")],
    ids=["template", "brand", "a path is no name"],
)
def test_an_unknown_name_is_answered_with_the_nearest(ask: object, word: str, nearest: str) -> None:
    assert callable(ask)
    with pytest.raises(UsageError) as caught:
        ask(word)
    assert caught.value.fields == {"found": word, "nearest": nearest}


# Brands ──────────────────────────────────────────────────────────────────────


def test_the_house_brand_has_the_colours_of_the_design() -> None:
    house = brand("valueviz")
    assert (house.brand, house.brand_deep, house.cover) == ("#0E7C74", "#0B2A4A", "full")


def test_both_covers_are_shown_by_a_shipped_brand() -> None:
    assert {brand(key).cover for key in brands()} == {"full", "light"}


@pytest.mark.parametrize("key", brands())
def test_the_logo_of_a_brand_is_transparent_and_wide_enough_for_print(key: str) -> None:
    logo = brand(key).logo
    assert isinstance(logo, Path)
    with Image.open(logo) as picture:
        assert (picture.size, picture.mode) == ((512, 512), "RGBA")
        assert picture.getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize("key", brands())
def test_brand_colours_stay_apart_from_the_colour_that_means_worse(key: str) -> None:
    worse = (0xC2, 0x41, 0x0C)
    for colour in (brand(key).brand, brand(key).brand_deep):
        channels = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
        assert sum((one - other) ** 2 for one, other in zip(channels, worse, strict=True)) > 100**2


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#FFFFFF", "#000000", 21.0), ("#777777", "#FFFFFF", 4.48), ("#FFFFFF", "#767676", 4.54)],
)
def test_contrast_agrees_with_the_published_examples(first: str, second: str, ratio: float) -> None:
    """Source: WebAIM's explanation of WCAG contrast, #777777 failing and #767676 passing on white."""
    assert contrast(first, second) == pytest.approx(ratio, abs=0.005)


def read(text: str, folder: Path = BRANDS) -> Brand:
    return read_brand(text, key="x", folder=folder, file="x.toml")


BAD_BRANDS = {
    "a pale colour": (VALUEVIZ.replace("#0E7C74", "#7FC4BE"), "contrast_too_low", {"key": "brand", "needed": "4.5"}),
    "a pale cover": (VALUEVIZ.replace("#0B2A4A", "#999999"), "contrast_too_low", {"key": "brand_deep"}),
    "a colour by name": (VALUEVIZ.replace("#0E7C74", "teal"), "key_wrong_form", {"found": "teal", "needed": "#0E7C74"}),
    "an unknown cover": (VALUEVIZ.replace('"full"', '"dark"'), "key_not_one_of", {"nearest": "full | light"}),
    "an unknown key": (VALUEVIZ + 'font = "x"', "key_unknown", {"key": "font"}),
    "a logo that is not there": (VALUEVIZ.replace("valueviz.png", "none.png"), "logo_missing", {"found": "none.png"}),
    "a logo above the folder": (VALUEVIZ.replace("valueviz.png", "x/../../renewal.toml"), "logo_outside", {}),
    "a logo by absolute path": (VALUEVIZ.replace("valueviz.png", "/etc/passwd"), "key_wrong_form", {"key": "logo"}),
    "a logo with a backslash": (VALUEVIZ.replace("valueviz.png", "..\\\\x.png"), "key_wrong_form", {"key": "logo"}),
    "a logo that is text": (VALUEVIZ.replace("valueviz.png", "valueviz.toml"), "logo_not_a_picture", {"key": "logo"}),
}


@pytest.mark.parametrize(("text", "code", "fields"), BAD_BRANDS.values(), ids=BAD_BRANDS.keys())
def test_a_bad_brand_is_refused_by_its_key(text: str, code: str, fields: dict[str, object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(text)
    assert caught.value.code == code
    assert {key: caught.value.fields.get(key) for key in fields} == fields


def test_a_logo_that_links_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "brands"
    inside.mkdir()
    outside = tmp_path / "secret.png"
    shutil.copy(BRANDS / "valueviz.png", outside)
    try:
        (inside / "valueviz.png").symlink_to(outside)
    except OSError:
        pytest.skip("this system does not let us make links")
    with pytest.raises(DefinitionError) as caught:
        read(VALUEVIZ, inside)
    assert caught.value.code == "logo_outside"


def test_a_logo_too_heavy_or_too_wide_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "valueviz.png"
    Image.new("1", (5000, 4001)).save(logo)
    with pytest.raises(DefinitionError) as wide:
        read(VALUEVIZ, tmp_path)
    logo.write_bytes(b"\x89PNG" + b"0" * 2 * 1024 * 1024)
    with pytest.raises(DefinitionError) as heavy:
        read(VALUEVIZ, tmp_path)
    assert (wide.value.code, wide.value.fields["found"]) == ("logo_too_many_pixels", 5000 * 4001)
    assert (heavy.value.code, heavy.value.fields["needed"]) == ("logo_too_large", 2 * 1024 * 1024)


def test_a_picture_cut_short_is_no_logo(tmp_path: Path) -> None:
    (tmp_path / "valueviz.png").write_bytes((BRANDS / "valueviz.png").read_bytes()[:5000])
    with pytest.raises(DefinitionError) as caught:
        read(VALUEVIZ, tmp_path)
    assert caught.value.code == "logo_not_a_picture"


def test_another_picture_in_the_logo_is_another_brand(tmp_path: Path) -> None:
    shutil.copy(BRANDS / "harbour.png", tmp_path / "valueviz.png")
    assert read(VALUEVIZ, tmp_path).digest != read(VALUEVIZ).digest
    assert read(VALUEVIZ).digest == brand("valueviz").digest


# The room ────────────────────────────────────────────────────────────────────


def test_what_is_not_shipped_is_said_to_be_missing() -> None:
    with pytest.raises(DefinitionError) as caught:
        shipped("report_templates", "none.toml")
    assert (caught.value.code, caught.value.fields["file"]) == ("shipped_missing", "report_templates/none.toml")


def test_the_catalog_digest_is_the_same_in_another_process() -> None:
    program = "from valueviz.catalog import catalog_digest; print(catalog_digest())"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == catalog_digest()


def test_importing_the_catalog_loads_no_heavy_library() -> None:
    heavy = "('duckdb', 'pandas', 'numpy', 'PIL', 'holidays', 'streamlit', 'altair', 'reportlab', 'babel')"
    program = f"import sys, valueviz.catalog; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
