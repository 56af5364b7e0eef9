"""About the adult: whether they were told, and where a thing happened."""

from sgapp.domain.vocabulary._code import Code, CodeList

TOLD_ADULT = CodeList(
    "whether the adult was told",
    "DOMAIN annex §3 (tell the person unless dangerous, and record why)",
    (
        Code("told", "Yes, told"),
        Code(
            "not_unsafe",
            "No, telling them would be unsafe",
            hint="Say why, and when that is looked at again.",
        ),
        Code("not_yet", "Not yet", hint="Say when, and who will tell them."),
        Code("not_possible", "No, they cannot be told", hint="Say why, and when that is looked at again."),
    ),
)

WHERE = CodeList(
    "where it was",
    "DOMAIN annex §4 (place); broad kinds of the locations of §1, SG2b",
    (
        Code("own_home", "Own home", neutral="Own home"),
        Code("community", "In the community", neutral="In the community"),
        Code("hospital", "Hospital", neutral="Hospital"),
        Code("care_home", "Care home", neutral="Care home"),
        Code("other", "Other", neutral="Other"),
    ),
)

LOCATIONS = CodeList(
    "the location for the yearly counts",
    "Safeguarding Adults Collection SG2b; DOMAIN annex §1",
    (
        Code("own_home", "Own Home"),
        Code("community", "In the Community"),
        Code("community_service", "Community Service"),
        Code("care_home_nursing", "Care Home - Nursing"),
        Code("care_home_residential", "Care Home - Residential"),
        Code("hospital_acute", "Hospital - Acute"),
        Code("hospital_mental_health", "Hospital - Mental Health"),
        Code("hospital_community", "Hospital - Community"),
        Code("other", "Other"),
    ),
)
