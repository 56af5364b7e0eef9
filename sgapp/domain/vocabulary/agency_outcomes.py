"""What each kind of agency may answer. A code means the same, and reads the same, on every list that holds it.

`LA_OUTCOMES` stands with the agencies; these are the others'. Which answers an agency gives is local knowledge; the lists are
short so that whoever rings finds the right line while still on the telephone.
"""

from sgapp.domain.vocabulary._code import Code, CodeList

_OURS = "General knowledge of what this agency answers; DOMAIN annex §2"

_ACCEPTED = Code("accepted", "Accepted")
_NOT_ACCEPTED = Code("not_accepted", "Not accepted", hint="Write the reason they gave.")
_ADVICE = Code("advice_only", "Advice only")
_REDIRECTED = Code("redirected", "Redirected", hint="Say to whom.")
_NOTHING_FURTHER = Code("no_further_action", "No further action", hint="Write the reason they gave.")
_WRONG = Code("wrong_authority", "Wrong authority", hint="Find the right one today; the matter stays open.")
_MORE = Code("more_information_wanted", "More information wanted", hint="Write what, and by when.")
_ATTENDED = Code("attended", "They came", hint="Write when, and what they did.")
_DECLINED = Code("declined_by_adult", "The adult did not want it")

POLICE_OUTCOMES = CodeList(
    "what the police answered",
    _OURS,
    (
        _ATTENDED,
        Code("crime_recorded", "Crime recorded", hint="Write the crime number."),
        Code("no_crime", "No crime recorded", hint="Write the reason they gave."),
        Code("log_only", "Log only", hint="Write the log number."),
        _ADVICE,
        _MORE,
        _WRONG,
    ),
)

AMBULANCE_OUTCOMES = CodeList(
    "what the ambulance service answered",
    _OURS,
    (
        Code("taken_to_hospital", "Taken to hospital", hint="Write which one."),
        Code("treated_at_home", "Treated, not taken to hospital"),
        Code("refused_by_adult", "Came; the adult did not want treatment"),
        Code("not_attended", "Did not come", hint="Write the reason they gave."),
        _ADVICE,
        _MORE,
    ),
)

FIRE_OUTCOMES = CodeList(
    "what the fire service answered",
    _OURS,
    (
        _ATTENDED,
        Code("visit_planned", "Home visit planned", hint="Write for when."),
        _DECLINED,
        _NOT_ACCEPTED,
        _ADVICE,
        _MORE,
        _WRONG,
    ),
)

MARAC_OUTCOMES = CodeList(
    "what the MARAC answered",
    _OURS,
    (
        Code("listed_for_meeting", "Listed for a meeting", hint="Write the date of the meeting."),
        Code("heard_at_meeting", "Heard at the meeting", hint="Write what falls to us."),
        _NOT_ACCEPTED,
        _ADVICE,
        _MORE,
        _WRONG,
    ),
)

IDVA_OUTCOMES = CodeList(
    "what the adviser answered",
    _OURS,
    (
        _ACCEPTED,
        Code("contact_made", "In contact with the adult"),
        Code("could_not_reach", "Could not reach the adult", hint="Write what they will do next."),
        _DECLINED,
        _NOT_ACCEPTED,
        _MORE,
        _WRONG,
    ),
)

CHILD_OUTCOMES = CodeList(
    "what children's social care answered",
    "Children Act 1989 ss17, 47, general knowledge; DOMAIN annex §2",
    (
        Code("child_enquiry", "Section 47 enquiry"),
        Code("child_assessment", "Section 17 assessment"),
        Code("early_help", "Early help"),
        _ADVICE,
        _NOTHING_FURTHER,
        _MORE,
        _WRONG,
    ),
)

ALLEGATION_OUTCOMES = CodeList(
    "what the officer for allegations answered",
    _OURS,
    (
        Code("threshold_met", "Meets their threshold", hint="Write the next step they named, and its date."),
        Code("threshold_not_met", "Does not meet their threshold", hint="Write the reason they gave."),
        _ADVICE,
        _REDIRECTED,
        _MORE,
        _WRONG,
    ),
)

ADVOCACY_OUTCOMES = CodeList(
    "what was answered about an advocate",
    "Care Act 2014 ss67-68; DOMAIN annex §2",
    (
        Code("advocate_instructed", "An advocate is instructed", hint="Write who, and from when."),
        Code("advocate_awaited", "Agreed, an advocate is awaited", hint="Write by when, and who helps until then."),
        _DECLINED,
        _NOT_ACCEPTED,
        _MORE,
        _WRONG,
    ),
)

NRM_OUTCOMES = CodeList(
    "what the first responder answered",
    "Modern Slavery Act 2015 s52; DOMAIN annex §0.7, §2",
    (
        Code("nrm_referred", "Referred to the National Referral Mechanism", hint="Write their reference."),
        Code("duty_to_notify_sent", "Duty to Notify submitted", hint="Without the adult's consent, nobody is named in it."),
        _NOT_ACCEPTED,
        _ADVICE,
        _MORE,
        _WRONG,
    ),
)

CQC_OUTCOMES = CodeList(
    "what CQC answered",
    "CQC (Registration) Regulations 2009, reg 18; DOMAIN annex §2",
    (
        Code("notification_accepted", "Notification accepted", hint="Write the reference."),
        _MORE,
        Code("follows_up", "They follow it up with us", hint="Write how, and when."),
        _WRONG,
    ),
)

COMMISSIONER_OUTCOMES = CodeList(
    "what the commissioner answered",
    _OURS,
    (
        Code("noted", "Noted"),
        Code("reviews_service", "They look at the service", hint="Write how, and when."),
        Code("needs_assessment", "Needs assessment or review"),
        _ADVICE,
        _MORE,
        _WRONG,
    ),
)

DBS_OUTCOMES = CodeList(
    "what the Disclosure and Barring Service answered",
    "Safeguarding Vulnerable Groups Act 2006 s35; DOMAIN annex §6",
    (
        Code("referral_accepted", "Referral accepted", hint="Write the reference."),
        _MORE,
        _NOTHING_FURTHER,
        Code("barred", "Barred"),
        Code("not_barred", "Not barred"),
    ),
)

REGULATOR_OUTCOMES = CodeList(
    "what the regulator answered",
    _OURS,
    (
        Code("looked_into", "They look into it", hint="Write the reference."),
        _ADVICE,
        _NOTHING_FURTHER,
        _REDIRECTED,
        _MORE,
        _WRONG,
    ),
)

GP_OUTCOMES = CodeList(
    "what the practice answered",
    _OURS,
    (
        Code("appointment", "Appointment or visit made", hint="Write when."),
        Code("noted", "Noted"),
        _ADVICE,
        _REDIRECTED,
        _NOT_ACCEPTED,
        _MORE,
    ),
)

MONEY_OUTCOMES = CodeList(
    "what was answered about the money",
    _OURS,
    (
        Code("money_protected", "The money is protected for now", hint="Write how."),
        Code("looked_into", "They look into it", hint="Write the reference."),
        _ADVICE,
        _REDIRECTED,
        _NOT_ACCEPTED,
        _MORE,
    ),
)
