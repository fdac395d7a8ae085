"""Both languages are complete: sources are Chinese, English is in the catalogue, nothing is fuzzy or forgotten."""

import re
import shutil

import polib
import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.architecture.house import ROOT

ENGLISH = ROOT / "cxorders/locale/en/LC_MESSAGES/django.po"
SOURCES = ("cxorders", "touchpoints", "feedback", "kpi", "templates")
NEUTRAL = ROOT / "tests/architecture/neutral_words.txt"
CJK = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

pytestmark = pytest.mark.gettext

Key = tuple[str, str]


def key_of(entry: polib.POEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> dict[Key, polib.POEntry]:
    """Every message of templates and Python, as makemessages finds them now."""
    # On a copy: makemessages puts files beside the templates while it works, which other workers would trip over.
    copy = tmp_path_factory.mktemp("source")
    for room in SOURCES:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    folder = tmp_path_factory.mktemp("locale")
    with pytest.MonkeyPatch.context() as patch, override_settings(LOCALE_PATHS=[str(folder)]):
        patch.chdir(copy)
        call_command("makemessages", locale=["en"], no_obsolete=True, verbosity=0)
    found = polib.pofile(str(folder / "en/LC_MESSAGES/django.po"))
    return {key_of(entry): entry for entry in found if entry.msgid}


@pytest.fixture(scope="module")
def english() -> dict[Key, polib.POEntry]:
    assert ENGLISH.exists(), "cxorders/locale/en/LC_MESSAGES/django.po is missing: run makemessages and translate"
    return {key_of(entry): entry for entry in polib.pofile(str(ENGLISH)) if not entry.obsolete}


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def neutral() -> set[str]:
    lines = NEUTRAL.read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_every_message_has_english(extracted: dict[Key, polib.POEntry], english: dict[Key, polib.POEntry]) -> None:
    missing = [key for key in extracted if key not in english or not all(texts(english[key]))]

    assert missing == [], f"{len(missing)} messages without English"


def test_no_english_is_fuzzy_or_left_over(
    extracted: dict[Key, polib.POEntry], english: dict[Key, polib.POEntry]
) -> None:
    assert [key for key, entry in english.items() if entry.fuzzy] == []
    assert [key for key in english if key[1] and key not in extracted] == []


def test_english_keeps_the_places(english: dict[Key, polib.POEntry]) -> None:
    wrong = [
        key
        for key, entry in english.items()
        for text in texts(entry)
        if set(PLACE.findall(text)) - set(PLACE.findall(entry.msgid + entry.msgid_plural))
        or (not entry.msgid_plural and set(PLACE.findall(entry.msgid)) != set(PLACE.findall(text)))
    ]

    assert wrong == []


def test_english_is_english(english: dict[Key, polib.POEntry]) -> None:
    kept = neutral()

    assert [key for key, entry in english.items() if key[1] not in kept and CJK.search("".join(texts(entry)))] == []


def test_every_source_is_chinese(extracted: dict[Key, polib.POEntry]) -> None:
    foreign = {
        msgid for _, msgid in extracted if not CJK.search(msgid) and re.search(r"[^\W\d_]", PLACE.sub("", msgid))
    }

    assert sorted(foreign - neutral()) == []
