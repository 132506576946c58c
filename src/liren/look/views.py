"""The reader's display settings, the manifest, the offline shell, the application icon."""

from __future__ import annotations

import hashlib
import io
import json
from functools import lru_cache

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from liren.look.prefs import SIZE_COOKIE, SIZES, THEME_COOKIE, THEMES, YEAR

SHELL_FILES = (
    "vendor/tabler.min.css",
    "vendor/htmx.min.js",
    "look/liren.css",
    "look/dark.css",
    "look/liren.js",
    "look/icon.svg",
)
ICON_SIZES = (180, 192, 512)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme, size or language in a cookie for a year and go back. Unknown values clear the
    cookie."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    known = {
        "theme": (THEME_COOKIE, THEMES),
        "size": (SIZE_COOKIE, SIZES),
        "language": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
    }
    for name, (cookie, values) in known.items():
        if name not in request.POST:
            continue
        if request.POST[name] in values:
            response.set_cookie(
                cookie,
                request.POST[name],
                max_age=YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
        else:
            response.delete_cookie(cookie, samesite="Lax")
    return response


@require_GET
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest, face: str) -> HttpResponse:
    """The web app manifest of "portal" or "field"."""
    if face not in ("portal", "field"):
        raise Http404
    name = gettext("Liren") if face == "portal" else gettext("Liren · field")
    return JsonResponse(
        {
            "id": f"/?face={face}",
            "name": name,
            "short_name": name,
            "lang": "zh-Hans",
            "start_url": "/" if face == "portal" else "/field/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#FAF8F5",
            "theme_color": "#FAF8F5",
            "icons": [
                {"src": static("look/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {
                        "src": reverse("look:icon", args=[size]),
                        "sizes": f"{size}x{size}",
                        "type": "image/png",
                    }
                    for size in (192, 512)
                ),
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


def _shell_version(offline: bytes) -> str:
    digest = hashlib.sha256(offline)
    for name in SHELL_FILES:
        digest.update(static(name).encode())
        if settings.DEBUG and (path := finders.find(name)):
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()[:12]


@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The offline shell. Its name changes with any file of the shell, so an update replaces all
    of it or nothing."""
    urls = [static(name) for name in SHELL_FILES]
    page = render(request, "look/offline.html").content
    response = render(
        request,
        "look/sw.js",
        {
            "version": _shell_version(page),
            "shell": json.dumps([*urls, reverse("look:offline")]),
            "offline": reverse("look:offline"),
        },
        content_type="text/javascript; charset=utf-8",
    )
    response["Service-Worker-Allowed"] = "/"
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """The page shown without network: the same for everybody, no name, no form, no token."""
    return render(request, "look/offline.html")


@require_GET
@cache_control(public=True, max_age=7 * 24 * 3600)
def icon(request: HttpRequest, size: int) -> HttpResponse:
    """The application icon as PNG: 180, 192 or 512 pixels."""
    if size not in ICON_SIZES:
        raise Http404
    return HttpResponse(_icon_png(size), content_type="image/png")


@lru_cache(maxsize=len(ICON_SIZES))
def _icon_png(size: int) -> bytes:
    # The same two houses under one wall as icon.svg, drawn four times too large and scaled down
    # to smooth the edges.
    from PIL import Image, ImageDraw

    big = size * 4
    image = Image.new("RGB", (big, big), "#B2431B")
    draw = ImageDraw.Draw(image)
    unit = big / 64
    width = round(4.5 * unit)
    outline = [
        (12, 46),
        (12, 30),
        (22, 20),
        (32, 30),
        (42, 20),
        (52, 30),
        (52, 46),
        (12, 46),
        (12, 44),
    ]
    draw.line([(x * unit, y * unit) for x, y in outline], fill="white", width=width, joint="curve")
    draw.line([(32 * unit, 30 * unit), (32 * unit, 46 * unit)], fill="white", width=width)
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
