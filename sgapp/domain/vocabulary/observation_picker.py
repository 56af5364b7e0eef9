"""Things one may notice, in neutral words. None of them proves anything; each asks for the facts beside it.

Grouped by what one notices, never by a type of abuse: a worker records what was there and does not classify
it.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

BODY = "Marks and body"
SPEAKING = "Who spoke, who listened"
PHONE = "Phone and going out"
MONEY = "Money and papers"
HOME = "Food, home and care"
WORDS = "Words"

_ENTRIES = (
    Code(
        "mark_on_skin",
        "Mark on skin",
        group=BODY,
        hint="Site and side, size in cm, shape, colour. Use the figure.",
    ),
    Code("sore", "Sore", group=BODY, hint="Site and size. Use the figure."),
    Code("pulled_away", "Pulled away when touched", group=BODY, hint="What were you doing?"),
    Code("underwear_torn_stained", "Torn or stained underwear", group=BODY, hint="Colour, where it was."),
    Code(
        "other_answered",
        "Other person answered questions put to them",
        group=SPEAKING,
        hint="Who? Which question?",
    ),
    Code("other_stayed", "Other person stayed throughout", group=SPEAKING, hint="Who?"),
    Code(
        "looked_at_other",
        "Looked at other person before answering",
        group=SPEAKING,
        hint="At whom? How many times?",
    ),
    Code("went_quiet", "Went quiet when other person entered", group=SPEAKING, hint="Who came in?"),
    Code("fine_to_everything", "Said “fine” to every question", group=SPEAKING, hint="Which questions?"),
    Code(
        "different_explanations",
        "Different explanations given",
        group=SPEAKING,
        hint="Each in its own words, by whom.",
    ),
    Code("said_phone_checked", "Said “he checks my phone”", group=PHONE, hint="Exact words."),
    Code("phone_held_by_other", "Phone held by other person", group=PHONE, hint="Who? For how long?"),
    Code(
        "calls_during_visit",
        "Calls during visit asking where or who",
        group=PHONE,
        hint="How many? Exact words.",
    ),
    Code(
        "said_must_ask",
        "Said must ask permission to go out or spend",
        group=PHONE,
        hint="Exact words. Whose permission?",
    ),
    Code(
        "visit_cancelled_by_other", "Visit cancelled by other person", group=PHONE, hint="Who? What was said?"
    ),
    Code("no_visitors", "No visitors since (date)", group=PHONE, hint="Since when? Who told you?"),
    Code("lock_outside", "Lock on outside of door", group=PHONE, hint="Which door?"),
    Code("camera_or_tracker", "Camera or tracker pointed out", group=PHONE, hint="By whom? Where?"),
    Code("card_held_by_other", "Bank card held by another", group=MONEY, hint="Who?"),
    Code("cash_gone", "Cash gone since (date)", group=MONEY, hint="How much, from where? Who told you?"),
    Code("bills_unopened_unpaid", "Unopened or unpaid bills", group=MONEY, hint="How many? Where?"),
    Code(
        "asked_to_sign", "Asked to sign paper during visit", group=MONEY, hint="By whom? What was it called?"
    ),
    Code(
        "money_but_no_food",
        "No food though money collected",
        group=MONEY,
        hint="What was there? Who collects?",
    ),
    Code("said_documents_kept", "Said documents kept by another", group=MONEY, hint="Exact words. Which?"),
    Code("said_owes_work", "Said owes work for debt", group=MONEY, hint="Exact words. To whom?"),
    Code("food_out_of_reach", "Food or drink left out of reach", group=HOME, hint="Where was it?"),
    Code(
        "aid_out_of_reach",
        "Aid, hearing aid or walking frame out of reach",
        group=HOME,
        hint="Which? Where was it?",
    ),
    Code("wet_bedding", "Wet bedding on arrival", group=HOME, hint="Time; what was wet?"),
    Code("doses_missing", "Doses missing", group=HOME, hint="Which medicine, which doses?"),
    Code("medicine_count_differs", "Medicine count differs", group=HOME, hint="Counted, expected?"),
    Code(
        "call_missed_or_short", "Call not made or cut short", group=HOME, hint="Which call? How do you know?"
    ),
    Code("declined_wash", "Declined wash", group=HOME, hint="What was offered, and the reply?"),
    Code("exits_blocked", "Exits blocked by items", group=HOME, hint="Which door? By what?"),
    Code("objects_broken", "Objects or furniture broken", group=HOME, hint="Which? Where?"),
    Code(
        "people_not_recognised",
        "People I did not recognise in the home",
        group=HOME,
        hint="How many? What did they do?",
    ),
    Code("same_practice", "Same practice across several people", group=HOME, hint="Which practice? Where?"),
    Code(
        "shouting_or_names",
        "Heard shouting or name-calling",
        group=WORDS,
        hint="Exact words, by whom, to whom.",
    ),
    Code("put_in_a_home", "Told they would be “put in a home”", group=WORDS, hint="Exact words, by whom."),
    Code("said_touched", "Said touched", group=WORDS, hint="Exact words. Ask nothing more."),
    Code("sexual_remark", "Sexual remark by (name)", group=WORDS, hint="Exact words, by whom, to whom."),
    Code("slur", "Slur about (words)", group=WORDS, hint="Exact words, by whom."),
)

PICKER = CodeList("things noticed", "DOMAIN annex §4, observation picker", _ENTRIES)
