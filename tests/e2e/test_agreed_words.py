"""The words that one person agreed on, on a tablet that lies on a desk: they do not stay there by themselves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.serving import Open

#: What a tablet does to its page when it is switched off, or another app is opened.
OUT_OF_SIGHT = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _out_of_sight(lead: Page) -> None:
    lead.evaluate(OUT_OF_SIGHT)


def _left_lying(lead: Page) -> None:
    lead.clock.fast_forward("05:01")


@pytest.mark.parametrize("happens", [_out_of_sight, _left_lying])
def test_agreed_words_are_put_away_when_nobody_does(sign_in: Open, happens: Callable[[Page], None]) -> None:
    lead = sign_in("lead")
    lead.goto("/cases")
    plan = lead.get_by_role("listitem").filter(has_text="I. Calder").get_by_role("link").first.get_attribute("href")
    lead.clock.install()
    lead.goto(str(plan).replace("/case", "/plan"))
    lead.get_by_role("button", name="Show the agreed words").click()
    away = lead.get_by_role("button", name="Put them away")
    expect(away).to_be_visible()
    happens(lead)
    expect(away).to_be_hidden()
    expect(lead.get_by_role("button", name="Show the agreed words")).to_be_visible()


def test_a_tablet_that_is_switched_off_shows_no_agreed_words_though_nobody_hears_of_it(sign_in: Open) -> None:
    lead = sign_in("lead")
    deaf = False

    def passes(route: WebSocketRoute) -> None:
        behind = route.connect_to_server()
        behind.on_message(lambda message: None if deaf else route.send(message))
        route.on_message(behind.send)

    lead.route_web_socket("**/_event**", passes)
    lead.goto("/cases")
    plan = lead.get_by_role("listitem").filter(has_text="I. Calder").get_by_role("link").first.get_attribute("href")
    lead.goto(str(plan).replace("/case", "/plan"))
    lead.get_by_role("button", name="Show the agreed words").click()
    expect(lead.get_by_text("yellow roses")).to_be_visible()
    deaf = True
    _out_of_sight(lead)
    expect(lead.get_by_text("yellow roses")).to_be_hidden()
