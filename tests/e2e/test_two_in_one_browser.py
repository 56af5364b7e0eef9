"""Two people in one browser: what the first typed is hers, and her open page acts for nobody else."""

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.steps import fold_out
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
