from django.http import HttpResponse
from django.test import RequestFactory

from liren.config.body import BodyLimitMiddleware


def answer(length: object) -> int:
    request = RequestFactory().post("/", b"", content_type="text/plain")
    request.META["CONTENT_LENGTH"] = length
    return BodyLimitMiddleware(lambda request: HttpResponse("ok"))(request).status_code


def test_a_body_above_the_limit_is_refused_unread(settings) -> None:
    settings.LIREN_BODY_LIMIT = 1000
    assert answer("1000") == 200
    assert answer("1001") == 413
    assert answer(str(50 * 1024 * 1024)) == 413


def test_a_missing_or_senseless_length_is_no_crash(settings) -> None:
    for length in ("", None, "many", "-1"):
        assert answer(length) == 200
