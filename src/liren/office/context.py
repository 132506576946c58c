"""What every page of the desk shows around its content."""

from typing import Any

from django.http import HttpRequest

from liren.access.actor import Permission
from liren.access.web import actor_of
from liren.organisation.models import Post

from .nav import sections


def desk(request: HttpRequest) -> dict[str, Any]:
    """Add the navigation, the place and the posts of whoever is at the desk. One statement, and
    only below /office/.
    """
    if not request.path_info.startswith("/office/"):
        return {}
    actor = actor_of(request)
    posts = list(
        Post.objects.filter(pk__in=list(actor.posts)).select_related("place").order_by("place_code")
    )
    codes = actor.codes(Permission.MATTER_DISPATCH)
    at = next((post.place for post in posts if post.place_code in codes), None)
    return {
        "office_nav": sections(actor),
        "community_name": at.name if at else "",
        "user_label": " · ".join(post.title for post in posts),
    }
