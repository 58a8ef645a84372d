"""Why cards are declined, as far as merchants are told."""

REASONS = {
    "insufficient_funds": "there is not enough money on it.",
    "expired_card": "it has expired.",
    "authentication_required": "your bank wants you to confirm. Please give the card again.",
    "card_changed": "it was removed.",
}


def why(reason: str) -> str:
    """The rest of a sentence."""
    return REASONS.get(reason, "your bank declined it.")
