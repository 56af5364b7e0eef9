"""How a person may safely be reached, as codes that tell a stranger nothing.

A screen shows `symbol` and `short` alone; `neutral` is what appears when somebody holds the code down, and
it reads like ordinary visit planning. Codes belong to one person, are masked until held, and every look is
recorded.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

CHANNEL, NEVER, DEVICE, IDENTITY, TIME = "channel", "never", "device", "identity", "time"


def _code(code: str, short: str, symbol: str, group: str, neutral: str, hint: str = "") -> Code:
    return Code(code, neutral, neutral=neutral, hint=hint, symbol=symbol, short=short, group=group)


SAFETY_CODES = CodeList(
    "how to get back to them",
    "DOMAIN annex §5",
    (
        _code("SAFE_SMS", "K1", "◇", CHANNEL, "Text message is fine"),
        _code("SAFE_CALL", "K2", "◐", CHANNEL, "A call is fine"),
        _code("SAFE_WHATSAPP", "K3", "●", CHANNEL, "WhatsApp is fine"),
        _code("SAFE_EMAIL", "K4", "□", CHANNEL, "E-mail is fine"),
        _code("IN_VISIT_ONLY", "K5", "▣", CHANNEL, "Only face to face, at a visit"),
        _code("VIA_TRUSTED", "K6", "○", CHANNEL, "Through the named contact", "Write the name."),
        _code("VIA_GP", "K7", "△", CHANNEL, "Through the GP"),
        _code("NO_CONTACT", "K8", "■", CHANNEL, "Do not get in touch"),
        _code("NO_VOICEMAIL", "K9", "▽", NEVER, "No voicemail"),
        _code("NO_TEXT", "K10", "▼", NEVER, "No text messages"),
        _code("NO_POST", "K11", "◆", NEVER, "No post"),
        _code("NO_DOORSTEP", "K12", "▲", NEVER, "No talk at the door"),
        _code("NO_FAMILY", "K13", "◑", NEVER, "Not through the family"),
        _code("NO_CALLBACK_NUMBER", "K14", "◒", NEVER, "Leave no number to ring back"),
        _code("SHARED_PHONE", "K15", "◓", DEVICE, "The phone is shared"),
        _code("OTHER_READS", "K16", "◎", DEVICE, "Someone else reads messages"),
        _code("OTHER_ANSWERS", "K17", "◉", DEVICE, "Someone else may answer"),
        _code("CAMERA_AUDIO", "K18", "◧", DEVICE, "There is a camera or microphone"),
        _code("LOCATION_TRACKED", "K19", "◨", DEVICE, "The phone shows its location to others"),
        _code(
            "NEUTRAL_CALLER",
            "K20",
            "◈",
            IDENTITY,
            "Use the agreed reason for calling",
            "Write the agreed reason.",
        ),
        _code("WITHHELD", "K21", "▷", IDENTITY, "Withhold the number"),
        _code("NAMED_WORKER", "K22", "◁", IDENTITY, "Only the named worker", "Write the name."),
        _code("SAFE_WINDOW", "K23", "◩", TIME, "Good times in the week", "Write day, from and to."),
        _code("NEVER_WINDOW", "K24", "◪", TIME, "Times to leave out", "Write day, from and to."),
        _code(
            "RECHECK_BY",
            "K25",
            "▤",
            TIME,
            "Ask again by a date",
            "Write the date; after it the codes are not relied on.",
        ),
    ),
)

CALL_BACK_OUTCOMES = CodeList(
    "how the call went",
    "DOMAIN annex §5, call-back",
    (
        Code("SAFE_SPOKE", "Spoke with them", neutral="Spoke with them"),
        Code("NOT_SAFE_RETRY", "Not a good moment, try again", neutral="Not a good moment, try again"),
        Code("CODE_STOP", "Stop phrase used", neutral="Call ended", hint="End the call at once."),
        Code("CODE_HELP", "Help phrase used", neutral="Ring the office now", hint="999."),
        Code("NO_ANSWER", "No answer", neutral="No answer", hint="Count the tries."),
        Code("DONE", "It was done", neutral="It was done", hint="For a letter, a change of a visit, a word with the GP."),
        Code(
            "WRONG_PERSON", "Someone else answered", neutral="Someone else answered", hint="Disclose nothing."
        ),
    ),
)
