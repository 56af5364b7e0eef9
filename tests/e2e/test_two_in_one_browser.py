"""Two people in one browser: what the first typed is hers, and her open page acts for nobody else."""

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.steps import enrolled, fold_out
from tests.serving import Open, Server, sign_in_by

WORDS = "typed by Lena and by nobody else"
MORE = "typed by Lena on another day"


def _begins(page: Page, words: str) -> None:
    """On the case of S. Ferris, something that is not sent yet."""
    page.goto("/cases")
    page.get_by_role("link", name="S. Ferris").first.click()
    fold_out(page, "Risk")
    page.get_by_label("What it rests on").fill(words)


def test_an_open_page_ends_when_somebody_else_signs_in_and_what_was_typed_waits_for_its_author(
        server: Server, sign_in: Open) -> None:
    lenas = sign_in("lead")
    with lenas.expect_response(lambda r: "/api/drafts/" in r.url and r.request.method == "PUT"):
        _begins(lenas, WORDS)
    case = lenas.url
    mauds = lenas.context.new_page()
    mauds.goto("/sign-in")
    sign_in_by(mauds, server.url, "manager")
    lenas.wait_for_url("**/sign-in**")
    mauds.goto(case)
    fold_out(mauds, "Risk")
    expect(mauds.get_by_label("What it rests on")).to_have_value("")
    sign_in_by(lenas, server.url, "lead")
    lenas.goto(case)
    fold_out(lenas, "Risk")
    expect(lenas.get_by_label("What it rests on")).to_have_value(WORDS)


def test_a_form_on_a_page_that_heard_nothing_of_it_is_refused_in_plain_words(server: Server, sign_in: Open) -> None:
    lenas = sign_in("lead")
    deaf = False

    def passes(route: WebSocketRoute) -> None:
        behind = route.connect_to_server()
        behind.on_message(lambda message: None if deaf else route.send(message))
        route.on_message(behind.send)

    lenas.route_web_socket("**/_event**", passes)
    with lenas.expect_response(lambda r: "/api/drafts/" in r.url and r.request.method == "PUT"):
        _begins(lenas, MORE)
    deaf = True
    mauds = lenas.context.new_page()
    mauds.goto("/sign-in")
    sign_in_by(mauds, server.url, "manager")
    lenas.get_by_role("button", name="Set the risk").click()
    expect(lenas.get_by_role("status").filter(has_text="Somebody else signed in here since")).to_contain_text(
        "what you typed until then is kept for you alone")
    expect(lenas.get_by_label("What it rests on")).to_have_value(MORE)


class _Line:
    """The socket of a page, which can be cut; and whether the page was told since that it is somebody else's."""

    def __init__(self, page: Page) -> None:
        self.told = False
        self._open: list[WebSocketRoute] = []
        page.route_web_socket("**/_event**", self._passes)

    def _passes(self, route: WebSocketRoute) -> None:
        self._open.append(route)
        behind = route.connect_to_server()
        route.on_message(behind.send)

        def hears(message: str | bytes) -> None:
            self.told = self.told or '"not_hers_rx_state_":true' in str(message)
            route.send(message)

        behind.on_message(hears)

    def cut(self) -> None:
        self._open[-1].close()


def _opened(page: Page) -> _Line:
    """This page once more, on a line that can be cut."""
    line = _Line(page)
    page.reload()
    expect(page.get_by_role("link", name="Hide")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return line


def _somebody_else_signs_in(page: Page, server: Server, line: _Line) -> None:
    """In another tab; then the socket of this page comes back, and is told."""
    other = page.context.new_page()
    other.goto("/sign-in")
    sign_in_by(other, server.url, "worker.c")
    line.cut()
    for _ in range(300):
        if line.told:
            return
        page.wait_for_timeout(100)  # a frame that comes back has no event once the page may be another
    pytest.fail("the page was not told")


def test_what_she_types_in_the_note_form_stays_when_somebody_else_signs_in_and_its_socket_comes_back(
        server: Server, sign_in: Open) -> None:
    phone = sign_in("worker.a")
    enrolled(phone)
    line = _opened(phone)
    seen = phone.get_by_label("What I saw", exact=True)
    seen.fill(WORDS)
    phone.on("dialog", lambda dialog: dialog.accept())
    _somebody_else_signs_in(phone, server, line)
    phone.wait_for_timeout(500)  # what must not happen has no event: the page must not begin anew
    expect(seen).to_have_value(WORDS)


@pytest.mark.parametrize("place", ["/mine", "/today"])
def test_a_page_that_shows_what_is_hers_begins_anew_when_somebody_else_signs_in(
        server: Server, sign_in: Open, place: str) -> None:
    phone = sign_in("worker.b")
    enrolled(phone)
    phone.goto(place)
    line = _opened(phone)
    with phone.expect_event("domcontentloaded", lambda loaded: place in loaded.url):
        _somebody_else_signs_in(phone, server, line)
