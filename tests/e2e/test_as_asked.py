"""What stands on a page is what its address asks for: nothing of what was there before, and nothing half of both."""

from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.serving import Open

#: From now on: whom the page says it is about each time it changes while it has a form or a next step, with the case that its
#: address asks for.
WATCHES = """
() => {
  window.said = [];
  new MutationObserver(() => {
    const main = document.querySelector("main");
    if (!main?.querySelector("form, .next-step")) return;
    window.said.push([new URLSearchParams(location.search).get("id"), main.querySelector("h1").textContent]);
  }).observe(document, { childList: true, subtree: true, characterData: true });
}
"""
#: The sockets of a page, so that a test can cut them.
HOLDS_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...asked) { super(...asked); window.sockets.push(this); }
};
"""
CUT_AND_COME_BACK = """
() => new Promise((back) => {
  const [open] = window.sockets.filter((socket) => socket.readyState === 1);
  open.close();
  const look = setInterval(() => {
    const next = window.sockets.at(-1);
    if (next === open) return;
    clearInterval(look);
    next.addEventListener("message", ({ data }) => data.includes("S. Ferris") && setTimeout(back, 0));
  }, 5);
})
"""


def _two_cases(page: Page) -> tuple[str, str]:
    """The ids of two cases about different adults, the second one that of S. Ferris."""
    page.goto("/cases")
    rows = page.get_by_role("list", name="Cases").get_by_role("listitem")
    found = []
    for row in (rows.filter(has_not_text="S. Ferris").first, rows.filter(has_text="S. Ferris").first):
        expect(row).to_be_visible()
        found.append(str(row.get_by_role("link").first.get_attribute("href")).partition("id=")[2])
    return found[0], found[1]


def _said(page: Page, case: str) -> set[str]:
    """The adults whom the page named while this case was asked for."""
    return {whom.partition(" ·")[0] for asked, whom in page.evaluate("() => window.said") if asked == case}


def test_a_page_opened_anew_is_drawn_once_and_says_whom_it_is_about(sign_in: Open) -> None:
    lead = sign_in("lead")
    _, case = _two_cases(lead)
    lead.goto(f"/close?id={case}")
    expect(lead.get_by_role("heading", level=1)).to_contain_text("S. Ferris")
    lead.add_init_script(f"({WATCHES})()")
    lead.goto(f"/close?id={case}")
    expect(lead.get_by_role("heading", level=1)).to_contain_text("S. Ferris")
    assert _said(lead, case) == {"S. Ferris"}


def test_a_link_to_another_case_shows_nothing_of_the_one_before(sign_in: Open) -> None:
    lead = sign_in("lead")
    before, case = _two_cases(lead)
    held: list[Callable[[], None]] | None = None

    def passes(route: WebSocketRoute) -> None:
        behind = route.connect_to_server()
        route.on_message(behind.send)
        behind.on_message(lambda m: route.send(m) if held is None else held.append(lambda: route.send(m)))

    lead.route_web_socket("**/_event**", passes)
    lead.goto(f"/case?id={before}")
    expect(lead.get_by_role("region", name="Next step")).to_be_visible()
    held = []
    lead.evaluate("(case_) => { window.__reactRouterDataRouter.navigate('/case?id=' + case_) }", case)
    expect(lead.get_by_role("main").get_by_role("status")).to_have_text("Loading …")
    expect(lead.get_by_role("heading", level=1)).to_be_hidden()
    for answer in held:
        answer()
    held = None
    expect(lead.get_by_role("heading", level=1)).to_contain_text("S. Ferris")


def test_a_page_whose_connection_was_lost_stays_as_it_is_and_goes_on(sign_in: Open) -> None:
    lead = sign_in("lead")
    _, case = _two_cases(lead)
    lead.add_init_script(HOLDS_SOCKETS)
    lead.goto(f"/close?id={case}")
    why = lead.get_by_label("Why it can be closed")
    why.fill("She lives with her niece ")
    lead.evaluate(WATCHES)
    lead.evaluate(CUT_AND_COME_BACK)
    lead.keyboard.type("now")
    expect(why).to_have_value("She lives with her niece now")
    expect(why).to_be_focused()
    assert _said(lead, case) <= {"S. Ferris"}
