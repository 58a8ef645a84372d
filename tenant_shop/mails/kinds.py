"""Every kind of mail that a merchant can write anew, and what it can tell."""

from collections.abc import Mapping
from dataclasses import dataclass

# In every mail, with what stands for them in a preview.
ALWAYS = {"shop": "Fernmoor", "shop_email": "shop@example.com"}
ORDER = {"number": "202611000042", "url": "https://shop.example/orders/…"}
ACCOUNT = {"url": "https://shop.example/account/…"}
COMPANY = {**ACCOUNT, "company": "Example Ltd"}


@dataclass(frozen=True, slots=True)
class MailKind:
    """`title` says when it is sent; `facts` are the names that may stand in it, each with an example."""

    title: str
    facts: Mapping[str, str]

    @property
    def names(self) -> dict[str, str]:
        return {**ALWAYS, **self.facts}


KINDS: Mapping[str, MailKind] = {
    "order_placed": MailKind("An order is placed", {**ORDER, "total": "€49.90", "shipping_name": "Standard delivery"}),
    "order_paid": MailKind("An order is paid", {**ORDER, "amount": "€49.90"}),
    "order_cancelled": MailKind(
        "An order is cancelled, by whomever", {**ORDER, "fact": "What you have paid goes back to you: €49.90."}
    ),
    "order_refunded": MailKind("Money of an order is given back", {**ORDER, "amount": "€49.90"}),
    "order_shipped": MailKind("A parcel is sent", {**ORDER, "fact": "Tracking: DHL 00340434161094042557"}),
    "order_partly_shipped": MailKind("A part of an order is sent", {**ORDER, "fact": "Tracking: DHL 003404341610"}),
    "order_ready": MailKind("An order can be picked up", ORDER),
    "return_requested": MailKind("A return is asked for", ORDER),
    "return_approved": MailKind("A return is approved", {**ORDER, "answer": "Please use the enclosed label."}),
    "return_received": MailKind("A return has arrived", {**ORDER, "answer": "Thank you."}),
    "return_refunded": MailKind("A return is paid back", {**ORDER, "answer": "Thank you."}),
    "return_declined": MailKind("A return is declined", {**ORDER, "answer": "It was worn."}),
    "quote_answered": MailKind(
        "A quote is answered",
        {**ORDER, "subtotal": "€1,200.00", "valid_until": "31 December 2026, 18:00", "answer": "Gladly."},
    ),
    "back_in_stock": MailKind(
        "Something is back in stock",
        {"product": "Meadow merino shirt", "options": "M / Blue", "price": "€89.00", "url": ORDER["url"]},
    ),
    "register": MailKind("An address is to be confirmed", ACCOUNT),
    "reset": MailKind("A new password is asked for", ACCOUNT),
    "password_changed": MailKind("A password was changed", ACCOUNT),
    "confirm_email": MailKind("A new address is to be confirmed", ACCOUNT),
    "email_changes": MailKind("An address is to be changed (to the old one)", ACCOUNT),
    "email_waits": MailKind("A new address has confirmed and the old one is silent (to the old one)", ACCOUNT),
    "email_changed": MailKind("An address was changed without an answer (to the old one)", ACCOUNT),
    "erase": MailKind("An account is to be deleted", ACCOUNT),
    "merged": MailKind("Two accounts became one (to the one that ends)", ACCOUNT),
    "erased": MailKind("An account is deleted", {}),
    "company_approved": MailKind("A company is approved", COMPANY),
    "company_blocked": MailKind("A company is turned down", {**COMPANY, "reason": "We sell to dealers only."}),
    "company_invites": MailKind("A company invites a buyer", COMPANY),
    "request_waits": MailKind("A purchase waits for approval", {**COMPANY, "total": "€1,200.00"}),
    "request_rejected": MailKind("A purchase was not approved", {**COMPANY, "reason": "Too dear."}),
    "request_expired": MailKind("Nobody approved a purchase", COMPANY),
}
