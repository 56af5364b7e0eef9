"""Nothing outside the chosen facts leaves, by any way: letter, PDF, mail, the agency's page, pushes. Looked for in all of each.

Of a page that is its markup with every attribute, its head and its headers; of a PDF its text, what is said of it, and its
bytes; of a push what its browser reads, and what its carrier sees. Each search also finds what was planted.
"""

import json
from io import BytesIO

import http_ece
import pytest
from pypdf import PdfReader

from sgapp.domain.reach import Channel, Reach
from sgapp.integrations.push import Push
from sgapp.services import composing, partner, referrals
from sgapp.services.duty import set_reach
from sgapp.services.house import SYSTEM, now
from sgapp.services.post import deliver_due
from sgapp.services.sweep import sweep
from sgapp.store.tables import PushRow
from tests.api.conftest import Phone
from tests.api.test_partner_page import FORM
from tests.integrations.reading_order import read_out
from tests.integrations.test_push import AUTH, BROWSER, OURS_DER, Office, office, subscribed
from tests.people import Cast
from tests.services.story import at
from tests.services.test_partner import SENT, Given
from tests.services.test_post import Letterbox

__all__ = ["office"]
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # what leaves is the same on either database

#: What the notes, the adult, the case and the decision say, and nobody chose.
LEFT_OUT = ("one tin of soup", "half a loaf", "A fall in 2023", "Stayed until", "Hugh Sable", "Carla", "Amina", "Own home",
            "Health history", "Old falls", "The card is with", "overriding_public_interest", "6(1)(ea)", "coercion")
#: What was chosen: in the letter, and in nothing that goes before the code.
CHOSEN = ("Dennis Marlow", "P-104", "Kevin Marlow", "Only face to face")


def _of(words: tuple[str, ...], text: str) -> list[str]:
    return [word for word in words if word.lower() in text.lower()]


def _whole(answer: object) -> str:
    """A page as it goes over the wire: its head, then its markup."""
    return f"{answer.headers}\n{answer.text}"  # type: ignore[attr-defined]


@pytest.fixture
def given(cast: Cast) -> Given:
    return Given(cast)


@pytest.fixture
def pushes(given: Given, office: Office) -> list[str]:
    """All that goes to Lena's browser while an agency asks and then keeps her waiting: read by it, and seen by its carrier."""
    house, cast = given.house, given.cast
    with house.begin(SYSTEM, SENT) as uow:
        set_reach(uow, cast.lena.account_id, Reach(by_push=True))
        sealed = uow.sealed(json.dumps(subscribed(office)).encode(), place="push/one")
        uow.session.add(PushRow(id="one", account_id=cast.lena.account_id, sealed=sealed, created_at=SENT))
    asked = at("2026-10-05T14:10")
    partner.ask(house, given.token, given.secret(asked), partner.Visitor("T. Osei"), "Is Kevin Marlow in on Fridays?",
                form_id="q", now=asked)
    late = at("2026-10-08T18:00")
    sweep(house, now=late, holder="test")
    ways = {Channel.EMAIL: Letterbox(), Channel.PUSH: Push(OURS_DER, "mailto:notes@example.org", (office.netloc,))}
    deliver_due(house, ways, now=late)
    return [f"{path} {headers} " + http_ece.decrypt(body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm").decode()
            for path, headers, body in office.got]


def test_a_push_names_a_reference_and_holds_neither_what_was_chosen_nor_what_was_left_out(
        pushes: list[str], given: Given) -> None:
    assert any(given.view().reference in push for push in pushes)  # the control: it was read
    told = " ".join(pushes)
    assert _of((*CHOSEN, *LEFT_OUT, "Kevin", "Fridays", "T. Osei", "safeguarding"), told) == []


def test_the_mail_holds_neither_what_was_chosen_nor_what_was_left_out(given: Given) -> None:
    mail = repr(given.mail)
    assert given.view().reference in mail
    assert _of((*CHOSEN, *LEFT_OUT), mail) == []


def test_the_page_before_a_code_holds_nothing_of_either_in_markup_attributes_or_headers(given: Given, phone: Phone) -> None:
    for answer in (phone().get(f"/r/{given.token}"), phone().get(f"/r/{given.token}/letter.pdf"),
                   phone().post(f"/r/{given.token}", data={"code": "0000 0000"}, headers=FORM)):
        whole = _whole(answer)
        assert "opens with a code" in whole
        assert _of((*CHOSEN, *LEFT_OUT, given.view().reference), whole) == []


def test_the_page_of_the_agency_and_its_file_hold_what_was_chosen_and_nothing_else(given: Given, phone: Phone) -> None:
    client = phone()
    page = client.post(f"/r/{given.token}", data={"code": given.code(now())}, headers=FORM)
    form = client.post(f"/r/{given.token}/question", data={"name": "", "question": "?"}, headers=FORM)  # a mistake
    for answer in (page, form):
        assert _of(CHOSEN, _whole(answer)) == list(CHOSEN)
        assert _of(LEFT_OUT, _whole(answer)) == []
    file = client.get(f"/r/{given.token}/letter.pdf")
    reader = PdfReader(BytesIO(file.content))
    about = f"{file.headers} {reader.metadata} {reader.trailer['/Root']['/Metadata'].get_object().get_data()!r}"  # type: ignore[index]
    text = " ".join(piece.text for piece in read_out(reader))
    assert _of(CHOSEN, text) == list(CHOSEN)
    assert _of((*CHOSEN, *LEFT_OUT), about) == []
    assert _of(LEFT_OUT, f"{text} {file.content.decode('latin1')}") == []


def test_each_search_finds_what_is_planted(given: Given, phone: Phone) -> None:
    # A fact that was left out, typed by the agency itself into an attribute of the page, and by us into another letter
    client = phone()
    client.post(f"/r/{given.token}", data={"code": given.code(now())}, headers=FORM)
    planted = client.post(f"/r/{given.token}/question", data={"name": "", "role": "half a loaf", "question": "?"}, headers=FORM)
    assert 'value="half a loaf"' in planted.text
    assert _of(LEFT_OUT, _whole(planted)) == ["half a loaf"]
    form = composing.PrepareReferral(given.story.case_id, "LA_ASC", "Duty team", "link", "There was half a loaf.", "Advice.",
                                     given.story.picked(), kept_because="They ask what there was to eat.")
    other = composing.prepare_referral(given.house, given.cast.lena, form, now=SENT).id
    referrals.send_referral(given.house, given.cast.lena, referrals.SendReferral(other, desk_id=given.desk), now=SENT)
    _, content = composing.approved_pdf(given.house, given.cast.lena, SENT, other)
    assert _of(LEFT_OUT, " ".join(piece.text for piece in read_out(PdfReader(BytesIO(content))))) == ["half a loaf"]
