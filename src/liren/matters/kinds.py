"""What a category is called, in the reader's language."""

from django.utils.translation import get_language

from .models import Category


def kind_name(category: Category) -> str:
    """Return the name of a category: its English one for English readers where there is one."""
    english = not (get_language() or "zh").startswith("zh")
    return category.name_en if english and category.name_en else category.name
