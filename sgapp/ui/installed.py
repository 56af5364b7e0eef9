"""What a phone needs to install "Visit notes": its manifest, its icon, and the colour above its pages."""

import reflex as rx

from sgapp.ui.pages import APP_TITLE

#: The colours of the bar at the top of a phone's page (assets/app.css), by what the device prefers.
THEME_COLOURS = {"light": "#f4f3ef", "dark": "#10171a"}


def installed_head() -> list[rx.Component]:
    """The tags that stand in the head of every page."""
    return [
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
        rx.el.meta(name="apple-mobile-web-app-title", content=APP_TITLE),
        *[rx.el.meta(name="theme-color", content=colour, custom_attrs={"media": f"(prefers-color-scheme: {tone})"})
          for tone, colour in THEME_COLOURS.items()],
    ]
