import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from liren.config.paths import ASSETS_DIR
from liren.config.static import collect, without_source_map


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a{}\n/*# sourceMappingURL=a.css.map */\n", b"a{}\n\n"),
        (b"f();\n//# sourceMappingURL=a.js.map", b"f();\n"),
        (b"f();\r\n//@ sourceMappingURL=a.js.map\r\n", b"f();\r\n\n"),
        (b"s = 'sourceMappingURL=x'", b"s = 'sourceMappingURL=x'"),
    ],
)
def test_the_pointer_to_a_source_map_goes_and_nothing_else(before: bytes, after: bytes) -> None:
    assert without_source_map(before) == after


def test_files_are_collected_under_their_hash_and_compressed(tmp_path: Path, settings) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "liren.config.static.HashedStorage",
            "OPTIONS": settings.HASHED_STATIC_OPTIONS,
        },
    }
    assert collect() is True
    assert collect() is False
    paths = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
    hashed = settings.STATIC_ROOT / paths["vendor/tabler.min.css"]
    assert hashed.name != "tabler.min.css"
    assert b"sourceMappingURL" not in hashed.read_bytes()
    assert hashed.with_name(hashed.name + ".gz").stat().st_size < 100_000
    # A web server in front may hand them out as another user.
    assert hashed.stat().st_mode & 0o777 == 0o644
    assert hashed.parent.stat().st_mode & 0o777 == 0o755
    leaflet = (settings.STATIC_ROOT / paths["vendor/leaflet/leaflet.css"]).read_text()
    assert "images/layers.png" not in leaflet


def test_what_is_copied_is_what_the_manifest_says() -> None:
    manifest = json.loads((ASSETS_DIR / "manifest.json").read_text())
    there = {
        path.relative_to(ASSETS_DIR).as_posix() for path in ASSETS_DIR.rglob("*") if path.is_file()
    }
    assert there == {"manifest.json", *manifest}
    assert all(entry["license"] for entry in manifest.values())
    assert finders.find("vendor/htmx.min.js") is not None
    assert finders.find("fonts/NotoSansSC-Regular.ttf") is None
