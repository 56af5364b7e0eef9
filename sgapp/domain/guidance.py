"""Guidance beside the questions of the sharing decision: what was shown is kept, word for word, with what was answered.

It reminds and never refuses: the person decides. Each piece says what brings it up, so that the browser can show it at once
and the server can keep the very same. A text that is changed gets the next version; what was kept stays as it was shown.
Source: DOMAIN annex §3 and, for each piece, where it says so. Not legal advice.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sgapp.domain.asking import When, holds
from sgapp.domain.vocabulary import REFUSAL_AND_PARAGRAPH_18


@dataclass(frozen=True, slots=True)
class Guidance:
    """One piece. `beside` is the question it stands at; `when` the answers that bring it up, none for always.

    `source` is what people read under it; `annex` the sections of the DOMAIN annex that it was made from.
    """

    id: str
    version: int
    beside: str
    when: When
    text: str
    source: str
    annex: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece as it stood on the page when somebody decided."""

    id: str
    version: int
    beside: str
    text: str
    source: str


_REFUSED = ("refused", "withdrawn")
_HAS_CAPACITY = ("presumed", "has_capacity")
_PRACTICE = "General practice in safeguarding"
_SCIE = "Social Care Institute for Excellence, on sharing without consent"
_CAPACITY = "Mental Capacity Act 2005, section 1"
_PARAGRAPH_18 = "Data Protection Act 2018, Schedule 1, paragraph 18"

GUIDANCE: tuple[Guidance, ...] = (
    Guidance("others-at-home", 1, "others_at_home", {"others_at_home": ("yes",)},
             "For a child, think of children's social care as well, and of the designated officer (LADO) if a member of "
             "staff may be a risk to children. Another adult at risk may need a concern of their own.",
             _PRACTICE, "§2, §3"),
    Guidance("others-not-known", 1, "others_at_home", {"others_at_home": ("not_known",)},
             "“Not known” is an answer. Find out who lives there, and look at this again once you know.",
             _PRACTICE, "§7"),
    Guidance("refusal-shared", 1, "consent", {"share": ("share",), "consent": _REFUSED},
             "Sharing against the adult's wish needs a reason that holds for this adult, now. A second person looks at "
             "it the same day.",
             _SCIE, "§3"),
    Guidance("refusal-kept", 1, "consent", {"share": ("not_share",), "consent": _REFUSED},
             "The adult may say no for themselves. Think of others at risk, a serious crime, staff involved, or "
             "pressure from somebody: then sharing may be called for all the same.",
             _SCIE, "§3"),
    Guidance("not-asked-urgent", 1, "consent", {"consent": ("not_sought_urgent",)},
             "Where there is no time to ask, act first. Ask, or tell them, as soon as that is safe.",
             _PRACTICE, "§2, §3"),
    Guidance("unwise-is-not-incapable", 1, "capacity", {"capacity": ("lacks_capacity", "doubted")},
             "An unwise decision does not show that somebody lacks capacity, nor does one made under pressure. Capacity "
             "is presumed until it has been assessed for this decision, at this time.",
             _CAPACITY, "§3"),
    Guidance("refusal-with-capacity", 1, "capacity", {"consent": _REFUSED, "capacity": _HAS_CAPACITY},
             "A refusal, even an unwise one, is no reason to doubt capacity. If pressure is suspected, that is another "
             "question: take legal advice.",
             _CAPACITY, "§3"),
    Guidance("coerced-is-not-incapable", 1, "override_reasons", {"override_reasons": ("coercion_or_duress",)},
             "Pressure from another person is a reason of its own and does not mean that the adult lacks capacity. Take "
             "legal advice.",
             _CAPACITY, "§3"),
    Guidance("staff-implicated", 1, "override_reasons", {"override_reasons": ("staff_implicated",)},
             "The member of staff learns of an allegation only when the local authority or the police agree.",
             _PRACTICE, "§6"),
    Guidance("danger-now", 1, "agency", {"agency": ("POL999", "AMB")},
             "If there is danger now, ring first. What was told is recorded under “Danger now” on the case, and this "
             "decision can follow the same day.",
             _PRACTICE, "§2"),
    Guidance("nrm-through-another", 1, "agency", {"agency": ("NRM",)},
             "A homecare service refers through a first responder. It needs the adult's consent; without it the first "
             "responder submits a Duty to Notify.",
             "Modern Slavery Act 2015, section 52", "§0, §2"),
    Guidance("score-of-14", 1, "agency", {"agency": ("MARAC",)},
             "Professional judgement may raise the risk at any score. It never lowers a score of 14 or more.",
             "General practice of MARACs", "§5"),
    Guidance("ea", 1, "article_6", {"article_6": ("6(1)(ea)",)},
             "No balancing test is needed, but write under “necessary” why sharing is. The adult has a right to object. "
             "It cannot carry a significant decision that a machine makes alone.",
             "UK GDPR Article 6(1)(ea), in force 5 February 2026; ICO guidance, 23 March 2026", "§0, §3"),
    Guidance("legal-obligation", 1, "article_6", {"article_6": ("6(1)(c)",)},
             "For a duty that a law or a court lays on us: a notice to CQC, a referral to the DBS, an order. Name it "
             "under “why”.",
             "UK GDPR Article 6(1)(c)", "§3"),
    Guidance("vital-interests", 1, "article_6", {"article_6": ("6(1)(d)",)},
             "For a life at risk. Condition 9(2)(c) goes with it only where the adult cannot give consent.",
             "UK GDPR Articles 6(1)(d), 9(2)(c)", "§3"),
    Guidance("public-task", 1, "article_6", {"article_6": ("6(1)(e)",)},
             "The local authority and the NHS rely on this. A private provider rarely can.",
             "UK GDPR Article 6(1)(e)", "§3"),
    Guidance("balancing-test", 1, "article_6", {"article_6": ("6(1)(f)",)},
             "This needs a balancing test: write under “proportionate” what weighs for the adult, and what against.",
             "UK GDPR Article 6(1)(f)", "§3"),
    Guidance("consent-seldom", 1, "article_6", {"article_6": ("6(1)(a)",)},
             "Consent is seldom the right basis in data protection law. What the adult agrees to is recorded apart, "
             "above.",
             "UK GDPR Article 6(1)(a)", "§3"),
    Guidance("policy-document", 1, "article_9", {"article_9": ("9(2)(b)",)},
             "This rests on Schedule 1, paragraph 1, which needs an appropriate policy document. Make sure that there "
             "is one.",
             "Data Protection Act 2018, Schedule 1, paragraph 1", "§3"),
    Guidance("cannot-consent", 1, "article_9", {"article_9": ("9(2)(c)",)},
             "Only where the adult is not able to give consent.",
             "UK GDPR Article 9(2)(c)", "§3"),
    Guidance("limb", 1, "paragraph_18_limb", {"article_9": ("9(2)(g)",)},
             "Paragraph 18 counts only with one of its limbs, and with what shows it here.",
             _PARAGRAPH_18, "§3"),
    Guidance("free-refusal", 1, "paragraph_18_limb",
             {"article_9": ("9(2)(g)",), "consent": _REFUSED, "capacity": _HAS_CAPACITY},
             REFUSAL_AND_PARAGRAPH_18,
             _PARAGRAPH_18, "§3"),
    Guidance("suspected-offence", 1, "article_10",
             {"article_10": ("sch1_para_18", "sch1_para_10", "sch1_para_30", "sch1_para_33", "advice_sought")},
             "A suspicion counts, too, not only a conviction. Write what was seen and said, and leave it to others to "
             "name an offence.",
             "UK GDPR Article 10", "§3, §4"),
    Guidance("offence-policy-document", 1, "article_10", {"article_10": ("sch1_para_1",)},
             "A suspicion counts, too, not only a conviction. Paragraph 1 needs an appropriate policy document.",
             "Data Protection Act 2018, Schedule 1, paragraph 1", "§3"),
    Guidance("tell-unless-dangerous", 1, "told", {"told": ("not_unsafe", "not_yet", "not_possible")},
             "The adult is told unless that is dangerous. “Not yet” needs a day on which it is looked at again.",
             _SCIE, "§3"),
)


def guidance_for(answers: object, asked: Collection[str]) -> tuple[Shown, ...]:
    """The pieces that these answers bring up, in their order, as they are kept. Beside a question not asked, none is."""
    return tuple(Shown(g.id, g.version, g.beside, g.text, g.source) for g in GUIDANCE
                 if g.beside in asked and holds(g.when, answers))
