"""Copy the browser files we serve, and the fonts PDFs need, out of node_modules into var/assets.

Nothing from an npm package is in git, and of each package only the files named here are used.
`manifest.json` beside them says which package and version each came from and its SHA-256.
To add a file: put its package into package.json (`npm install --save-exact NAME`), a line here.
"""

import hashlib
import json
import shutil
import sys

from liren.config.paths import ASSETS_DIR, BASE_DIR

FILES = {
    # below static/vendor/ (served as {% static "vendor/…" %}): where it is in node_modules
    "static/vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "static/vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "static/vendor/leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "static/vendor/leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "static/vendor/leaflet/images/layers.png": "leaflet/dist/images/layers.png",
    "static/vendor/leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "static/vendor/leaflet/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "static/vendor/leaflet/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "static/vendor/leaflet/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
    # below fonts/: never served, given to Typst by its path
    "fonts/NotoSansSC-Regular.ttf": (
        "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
    ),
    "fonts/NotoSansSC-Bold.ttf": "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
    # below test/: for the browser tests only
    "test/axe.min.js": "axe-core/axe.min.js",
}


def main() -> int:
    modules = BASE_DIR / "node_modules"
    lock = json.loads((BASE_DIR / "package-lock.json").read_text())["packages"]
    fresh = ASSETS_DIR.with_name("assets.new")
    shutil.rmtree(fresh, ignore_errors=True)
    manifest = {}
    for target, source in FILES.items():
        path = modules / source
        parts = source.split("/")
        package = "/".join(parts[: 2 if source.startswith("@") else 1])
        entry = lock[f"node_modules/{package}"]
        if not path.is_file():
            if entry.get("dev"):
                continue  # a server installs without what only tests need
            print(f"{source} is not in node_modules: run `make setup`", file=sys.stderr)
            return 1
        (fresh / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, fresh / target)
        manifest[target] = {
            "package": package,
            "version": entry["version"],
            "license": entry.get("license", ""),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    shutil.rmtree(ASSETS_DIR, ignore_errors=True)
    fresh.rename(ASSETS_DIR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
