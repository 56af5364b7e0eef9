"""One referral: the letter, sending, receipt, the agency's answer."""
