"""What a safety plan is made of, and how contact with the adult goes."""

from sgapp.domain.vocabulary._code import Code, CodeList

CONTACT_KINDS = CodeList(
    "how you get in touch",
    "DOMAIN annex §5, channels",
    (
        Code("call", "A telephone call", neutral="Call"),
        Code("text", "A text message", neutral="Text", hint="Sent by the product at the planned time, once."),
        Code("whatsapp", "A WhatsApp message", neutral="WhatsApp", hint="Sent by hand; recorded here."),
        Code("email", "An e-mail", neutral="E-mail", hint="Sent by the product at the planned time, once."),
        Code("letter", "A letter", neutral="Letter"),
        Code("in_visit", "Face to face, at a visit", neutral="At a visit"),
        Code("visit_change", "A change of a visit", neutral="Visit change"),
    ),
)
#: What is written, and may be read by somebody else.
WRITTEN_KINDS: frozenset[str] = frozenset({"text", "whatsapp", "email", "letter", "visit_change"})
#: What the product itself sends.
SENT_KINDS: frozenset[str] = frozenset({"text", "email"})

CONTACT_WITH = CodeList(
    "whom you get in touch with",
    "DOMAIN annex §5, channels",
    (
        Code("adult", "The adult"),
        Code("trusted", "The contact named in the plan"),
        Code("gp", "The GP"),
        Code("relative", "A relative, or somebody else at the home"),
    ),
)

PLAN_AGREEMENT = CodeList(
    "whether the adult agrees to the plan",
    "DOMAIN annex §5, plan sections; §3, Making Safeguarding Personal",
    (
        Code("agreed", "Agreed with the adult"),
        Code("agreed_in_part", "Agreed in part"),
        Code("not_asked_unsafe", "Not asked yet, because asking is not safe"),
        Code("could_not_take_part", "Could not take part"),
        Code("refused", "The adult does not agree"),
    ),
)

WHO_ANSWERED = CodeList(
    "who answered",
    "DOMAIN annex §5, call-back",
    (Code("adult", "They did"), Code("somebody_else", "Somebody else"), Code("nobody", "Nobody")),
)

HEARD = CodeList(
    "what you heard",
    "DOMAIN annex §5, call-back (codes are per person)",
    (
        Code("nothing", "None of the agreed words"),
        Code("safe_word", "The agreed word"),
        Code("stop_phrase", "The words that end the call"),
        Code("help_phrase", "The words that ask for help"),
    ),
)

#: What a plan says beside its safety codes, as the card shows it: a code and a symbol until somebody taps it.
CARD_CODES = CodeList(
    "what stands on the card",
    "DOMAIN annex §5, plan sections",
    (
        Code("SAFE_WORD", "Agreed word", neutral="Agreed word", short="W1", symbol="▥"),
        Code("STOP_PHRASE", "Words that end it", neutral="Words that end it", short="W2", symbol="▦"),
        Code("HELP_PHRASE", "Words that mean ring the office now", neutral="Words that mean ring the office now", short="W3",
             symbol="◬"),
        Code("VISITS", "How visits go", neutral="How visits go", short="V1", symbol="◫"),
        Code("IF_MISSED", "If you do not reach them", neutral="If you do not reach them", short="V2", symbol="◍"),
    ),
)
