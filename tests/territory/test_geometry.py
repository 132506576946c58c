"""Points and outlines as people paste them."""

import json
from decimal import Decimal

import pytest

from liren.base.errors import Invalid
from liren.territory.geometry import outline, point

SQUARE = [[[125.3362, 43.9431], [125.3372, 43.9431], [125.3372, 43.9441], [125.3362, 43.9431]]]


def test_a_point_is_kept_with_six_decimals():
    assert point("１２５.3362004", " 43.943100") == (Decimal("125.336200"), Decimal("43.943100"))
    assert point("", " ") == (None, None)


@pytest.mark.parametrize(
    ("longitude", "latitude", "field"),
    [
        ("125.336200", "", "latitude"),
        ("125.34", "43.943100", "longitude"),
        ("43.943100", "125.336200", "longitude"),
        ("0.000000", "43.943100", "longitude"),
        ("125.336200", "60.000000", "latitude"),
        ("NaN", "43.943100", "longitude"),
        ("1E400", "43.943100", "longitude"),
        ("一百", "43.943100", "longitude"),
    ],
)
def test_wrong_points_say_what_to_do(longitude, latitude, field):
    with pytest.raises(Invalid) as said:
        point(longitude, latitude)
    assert list(said.value.fields) == [field]


def test_an_outline_comes_in_several_wrappings():
    area = {"type": "Polygon", "coordinates": SQUARE}
    feature = {"type": "Feature", "geometry": area, "properties": {}}
    for pasted in (area, feature, {"type": "FeatureCollection", "features": [feature]}):
        assert outline(json.dumps(pasted)) == area
    assert outline("  ") is None


@pytest.mark.parametrize(
    "pasted",
    [
        "{",
        "[]",
        "null",
        '"x"',
        "[" * 5000,
        '{"type": "Point", "coordinates": [125.3, 43.9]}',
        '{"type": "Polygon"}',
        '{"type": "Polygon", "coordinates": [[[125.3, 43.9]]]}',
        '{"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]}',
        '{"type": "Polygon", "coordinates": []}',
        json.dumps(
            {  # a bow tie
                "type": "Polygon",
                "coordinates": [[[125, 43], [126, 44], [126, 43], [125, 44], [125, 43]]],
            }
        ),
        json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}),
        json.dumps({"type": "FeatureCollection", "features": []}),
        json.dumps(
            {
                "type": "Polygon",
                "coordinates": [
                    [[125 + n / 10000, 43] for n in range(2001)] + [[125.1, 44], [125, 43]]
                ],
            }
        ),
    ],
)
def test_what_is_no_outline_is_refused(pasted):
    with pytest.raises(Invalid):
        outline(pasted)
