"""Who may be told, what they may answer, and how a thing is sent. `hint` says what brings an agency in.

Which agencies exist, and where the line lies, is local: the product stores the local rule.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

_NRM = "Modern Slavery Act 2015 s52 (Duty to Notify); DOMAIN annex §0.7, §2"
_CQC = "CQC (Registration) Regulations 2009, reg 18; DOMAIN annex §2"
_ADVOCATE = "Care Act 2014 ss67-68; DOMAIN annex §2"

AGENCIES = CodeList(
    "the agency",
    "DOMAIN annex §2",
    (
        Code("POL999", "Police, 999", group="Emergency", hint="Danger or crime now."),
        Code("AMB", "Ambulance", group="Emergency", hint="Injury, health."),
        Code("FIRE", "Fire and rescue service", group="Emergency", hint="Fire risk, hoarding."),
        Code("LA_ASC", "Adult social care", group="Local authority", hint="A concern."),
        Code("EDT", "Emergency duty team", group="Local authority", hint="A concern, out of hours."),
        Code("CHILD", "Children's social care", group="Local authority", hint="A child in the household."),
        Code(
            "LADO",
            "Designated officer for children (LADO)",
            group="Local authority",
            hint="Staff who may be a risk to children.",
        ),
        Code(
            "PIPOT",
            "People in positions of trust lead",
            group="Local authority",
            hint="The local authority's lead, by the local rule.",
        ),
        Code(
            "ADVOCATE",
            "Advocate",
            group="Local authority",
            source=_ADVOCATE,
            hint="Substantial difficulty being involved and nobody appropriate to help; IMCA. "
            "The local authority instructs; record the request.",
        ),
        Code("POL101", "Police, 101", group="Police and specialist services", hint="A crime reported later."),
        Code("MARAC", "MARAC", group="Police and specialist services", hint="High-risk domestic abuse."),
        Code(
            "IDVA",
            "Independent domestic violence adviser (IDVA)",
            group="Police and specialist services",
            hint="High-risk domestic abuse.",
        ),
        Code(
            "NRM",
            "National Referral Mechanism, through a first responder",
            group="Police and specialist services",
            source=_NRM,
            hint="Through the local authority, police or Salvation Army; never directly. "
            "Needs the adult's consent; "
            "without it the first responder submits a Duty to Notify.",
        ),
        Code(
            "CQC",
            "Care Quality Commission",
            group="Regulators and commissioners",
            source=_CQC,
            hint="Abuse or an allegation where the person is affected or is the source; without delay. "
            "An incident reported to the police is a trigger of its own.",
        ),
        Code("COMM", "Commissioner", group="Regulators and commissioners", hint="A duty under the contract."),
        Code(
            "ICB",
            "Integrated care board",
            group="Regulators and commissioners",
            hint="Care paid for by the NHS.",
        ),
        Code(
            "DBS",
            "Disclosure and Barring Service",
            group="Regulators and commissioners",
            source="Safeguarding Vulnerable Groups Act 2006 s35; DOMAIN annex §6",
            hint="Removed from regulated activity, or would have been, and the harm test is met.",
        ),
        Code(
            "REG",
            "Professional regulator",
            group="Regulators and commissioners",
            source="DOMAIN annex §2, §6",
            hint="A nurse or social worker.",
        ),
        Code("GP", "General practitioner", group="Health and money", hint="Injury, health."),
        Code("OPG", "Office of the Public Guardian", group="Health and money", hint="An attorney or deputy."),
        Code("DWP", "Department for Work and Pensions", group="Health and money", hint="An appointee."),
        Code("BANK", "Bank", group="Health and money", hint="An account misused."),
    ),
)

LA_OUTCOMES = CodeList(
    "the agency's outcome",
    "DOMAIN annex §2",
    (
        Code("s42_2_enquiry", "Section 42(2) enquiry", source="Care Act 2014 s42(2); DOMAIN annex §2"),
        Code("other_enquiry", "Other enquiry"),
        Code(
            "enquiry_caused",
            "Enquiry caused to the provider",
            source="Care Act 2014 s42(2); DOMAIN annex §2",
            hint="Write its scope and due date.",
        ),
        Code("needs_assessment", "Needs assessment or review"),
        Code("redirected", "Redirected", hint="Say to whom."),
        Code("advice_only", "Advice only"),
        Code("no_further_action", "No further action", hint="Write the reason they gave."),
        Code("wrong_authority", "Wrong authority", hint="Find the right one today; the matter stays open."),
        Code("more_information_wanted", "More information wanted", hint="Write what, and by when."),
    ),
)

#: The answer that begins an enquiry of theirs, and what is then waited for in this order; the last ends the waiting.
ENQUIRY = "s42_2_enquiry"
ENQUIRY_STEPS = CodeList(
    "what came of their enquiry",
    "DOMAIN annex §2 (clocks: planning, assessment, review)",
    (
        Code("plan", "Their plan", hint="Who does what, by when."),
        Code("assessment", "Their assessment"),
        Code("review", "Their review"),
        Code("otherwise", "This area does it otherwise", source="Ours; DOMAIN annex §2 (these time-scales vary by area)",
             hint="Say how, and how you hear of it. Nothing more is waited for here."),
    ),
)

SEND_METHODS = CodeList(
    "how it is sent",
    "DOMAIN annex §3 (secure method)",
    (
        Code("secure_email", "Secure e-mail"),
        Code("link", "A link to a page of ours", hint="They read it and answer there, with a code that you give by telephone."),
        Code("portal", "Portal"),
        Code("telephone", "Telephone"),
        Code("in_person", "In person"),
        Code("secure_post", "Secure post"),
    ),
)
