"""Components as template tags: `{% load look %}`. Each is shown with its arguments on /gallery/
and in docs/look.md.

Bare names (`{% icon %}`, `{% pill %}`) keep pages readable; nothing here queries the database.
"""

from django import template

from liren.look.components import forms, lists, parts, small

register = template.Library()
for kind in (small, forms, parts, lists):
    register.tags.update(kind.register.tags)
