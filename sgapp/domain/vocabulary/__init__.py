"""The field's code lists. Codes go into records and stay; labels are for people; each entry has a source."""

from sgapp.domain.vocabulary._code import Code, CodeList, UnknownCode
from sgapp.domain.vocabulary.abuse_types import ABUSE_TAGS, ABUSE_TYPES
from sgapp.domain.vocabulary.actions import ACTION_STATUSES, ADULT_AGREEMENT
from sgapp.domain.vocabulary.agencies import AGENCIES, LA_OUTCOMES, SEND_METHODS
from sgapp.domain.vocabulary.body_sites import BODY_VIEWS, MARK_COLOURS, MARK_SHAPES, SIDES, SITES
from sgapp.domain.vocabulary.capacity import ABILITIES, ANSWERS, CAPACITY_KNOWN, CAPACITY_OUTCOMES
from sgapp.domain.vocabulary.consent import CONSENT_STATES, OVERRIDE_REASONS
from sgapp.domain.vocabulary.escalation import CLOSING_BASES, ESCALATION_STAGES
from sgapp.domain.vocabulary.fact_reasons import FACT_REASONS
from sgapp.domain.vocabulary.lawful_basis import (
    ARTICLE_6,
    ARTICLE_9,
    ARTICLE_10,
    CONFIDENTIALITY_BASES,
    PARAGRAPH_18_LIMBS,
    REFUSAL_AND_PARAGRAPH_18,
)
from sgapp.domain.vocabulary.observation_picker import PICKER
from sgapp.domain.vocabulary.people import LOCATIONS, TOLD_ADULT, WHERE
from sgapp.domain.vocabulary.risk import (
    MSP_ACHIEVED,
    MSP_ASKED,
    MSP_EXPRESSED,
    PRIORITIES,
    RISK_LEVELS,
    RISK_OUTCOMES,
)
from sgapp.domain.vocabulary.sac import (
    SAC_ACTIVITY,
    SAC_AGE,
    SAC_ASSESSMENTS,
    SAC_ETHNICITY,
    SAC_LACKED_CAPACITY,
    SAC_REVIEWS,
    SAC_SEX,
    SAC_SOURCES_OF_RISK,
    SAC_SUPPORT_REASON,
    SAC_TYPES,
)
from sgapp.domain.vocabulary.safety_codes import CALL_BACK_OUTCOMES, SAFETY_CODES
from sgapp.domain.vocabulary.sharing import SHARE_WHEN, SHARING
from sgapp.domain.vocabulary.triage import NEEDS_REVIEW_DATE, SHARES_NOTHING, TRIAGE_DECISIONS

ALL: dict[str, CodeList] = {name: value for name, value in globals().items() if isinstance(value, CodeList)}

__all__ = [
    "ABILITIES",
    "ABUSE_TAGS",
    "ABUSE_TYPES",
    "ACTION_STATUSES",
    "ADULT_AGREEMENT",
    "AGENCIES",
    "ALL",
    "ANSWERS",
    "ARTICLE_6",
    "ARTICLE_9",
    "ARTICLE_10",
    "BODY_VIEWS",
    "CALL_BACK_OUTCOMES",
    "CAPACITY_KNOWN",
    "CAPACITY_OUTCOMES",
    "CLOSING_BASES",
    "CONFIDENTIALITY_BASES",
    "CONSENT_STATES",
    "ESCALATION_STAGES",
    "FACT_REASONS",
    "LA_OUTCOMES",
    "LOCATIONS",
    "MARK_COLOURS",
    "MARK_SHAPES",
    "MSP_ACHIEVED",
    "MSP_ASKED",
    "MSP_EXPRESSED",
    "NEEDS_REVIEW_DATE",
    "OVERRIDE_REASONS",
    "PARAGRAPH_18_LIMBS",
    "PICKER",
    "PRIORITIES",
    "REFUSAL_AND_PARAGRAPH_18",
    "RISK_LEVELS",
    "RISK_OUTCOMES",
    "SAC_ACTIVITY",
    "SAC_AGE",
    "SAC_ASSESSMENTS",
    "SAC_ETHNICITY",
    "SAC_LACKED_CAPACITY",
    "SAC_REVIEWS",
    "SAC_SEX",
    "SAC_SOURCES_OF_RISK",
    "SAC_SUPPORT_REASON",
    "SAC_TYPES",
    "SAFETY_CODES",
    "SEND_METHODS",
    "SHARES_NOTHING",
    "SHARE_WHEN",
    "SHARING",
    "SIDES",
    "SITES",
    "TOLD_ADULT",
    "TRIAGE_DECISIONS",
    "WHERE",
    "Code",
    "CodeList",
    "UnknownCode",
]
