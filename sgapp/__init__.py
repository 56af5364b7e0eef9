"""A safeguarding recorder for homecare: a note becomes a decision, a referral, a receipt and an outcome."""

__version__ = "0.1.0"
