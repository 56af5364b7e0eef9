"""The frames that pages are drawn in: one for phones in a hand, one for the desk."""

from sgapp.ui.templates.desk import desk_page
from sgapp.ui.templates.phone import phone_page
from sgapp.ui.templates.plain import plain_page

__all__ = ["desk_page", "phone_page", "plain_page"]
