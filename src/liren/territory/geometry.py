"""Points and outlines as people type or paste them: WGS84 degrees (GB/T 37149)."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from shapely import GEOSException
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from liren.base.errors import Invalid
from liren.base.text import fold

# Six decimals are a decimetre; fewer would put a building somewhere down the street.
DECIMALS = 6
POINTS_MAX = 2000
JSON_MAX = 200_000
# Mainland China with room to spare: longitudes and latitudes do not overlap, so that swapped
# ones are noticed.
LONGITUDES, LATITUDES = (Decimal(73), Decimal(136)), (Decimal(3), Decimal(54))


def point(longitude: str, latitude: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the two degrees, or two ``None`` when both are empty.

    Raises ``Invalid`` for one without the other, fewer than six decimals, swapped ones, and what
    lies outside China.
    """
    texts = {"longitude": fold(longitude).strip(), "latitude": fold(latitude).strip()}
    if not any(texts.values()):
        return None, None
    found: dict[str, Decimal] = {}
    for field, text in texts.items():
        try:
            degrees = Decimal(text)
        except InvalidOperation:
            raise _wrong(field, _("Please enter degrees such as 125.336200.")) from None
        exponent = degrees.as_tuple().exponent
        if not isinstance(exponent, int):
            raise _wrong(field, _("Please enter degrees such as 125.336200."))
        if -exponent < DECIMALS:
            raise _wrong(
                field,
                _("Please give at least six decimals: fewer would be metres beside the place."),
            )
        found[field] = degrees
    east, north = found["longitude"], found["latitude"]
    if _within(east, LATITUDES) and _within(north, LONGITUDES):
        raise _wrong("longitude", _("Longitude and latitude look swapped."))
    if not _within(east, LONGITUDES):
        raise _wrong("longitude", _("This longitude lies outside China."))
    if not _within(north, LATITUDES):
        raise _wrong("latitude", _("This latitude lies outside China."))
    step = Decimal(1).scaleb(-DECIMALS)
    return east.quantize(step), north.quantize(step)


def outline(text: str) -> dict[str, Any] | None:
    """Return the area in pasted GeoJSON as a geometry, or ``None`` when it is empty.

    Takes a Polygon or MultiPolygon, alone, as a Feature or as a collection of one. Raises
    ``Invalid`` for anything else, for lines that cross, more than 2,000 points, and coordinates
    that are no WGS84 degrees in China.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > JSON_MAX:
        raise _wrong("outline", _("This outline is too large: at most 2,000 points."))
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(
            "outline", _("This is no GeoJSON. It begins with { and names a type.")
        ) from None
    for _step in range(2):
        if isinstance(found, dict) and found.get("type") == "FeatureCollection":
            features = found.get("features")
            if not isinstance(features, list) or len(features) != 1:
                raise _wrong("outline", _("Please paste the outline of this place only."))
            found = features[0]
        if isinstance(found, dict) and found.get("type") == "Feature":
            found = found.get("geometry")
    if not isinstance(found, dict) or found.get("type") not in ("Polygon", "MultiPolygon"):
        raise _wrong("outline", _("An outline is a Polygon or a MultiPolygon."))
    try:
        area = shape(found)
    except (
        ShapelyError,
        GEOSException,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
    ):
        raise _wrong(
            "outline", _("This outline cannot be drawn: its points are incomplete.")
        ) from None
    if area.is_empty or not area.is_valid:
        raise _wrong("outline", _("This outline cannot be drawn: its lines cross."))
    west, south, east, north = (Decimal(str(bound)) for bound in area.bounds)
    inside = all(_within(x, LONGITUDES) for x in (west, east)) and all(
        _within(y, LATITUDES) for y in (south, north)
    )
    if not inside:
        raise _wrong(
            "outline",
            _("These are no degrees of a place in China (longitude first, then latitude)."),
        )
    shown: dict[str, Any] = json.loads(json.dumps(mapping(area)))
    if _count(shown["coordinates"]) > POINTS_MAX:
        raise _wrong("outline", _("This outline is too large: at most 2,000 points."))
    return shown


def _count(coordinates: Any) -> int:
    if coordinates and isinstance(coordinates[0], int | float):
        return 1
    return sum(_count(part) for part in coordinates)


def _within(value: Decimal, bounds: tuple[Decimal, Decimal]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, fields={field: words})
