"""Why a domain is not a shop's."""

from smartseller.errors import RuleViolation


class DomainRefused(RuleViolation):
    """The name cannot be a shop's own domain."""

    code = "domain_refused"
    status = 422


class DomainTaken(RuleViolation):
    """Another shop has proven that the domain is its own."""

    code = "domain_taken"

    def __init__(self, domain: str) -> None:
        self.domain = domain
        super().__init__(f"{domain} belongs to another shop here. Whoever runs that shop has to remove it first.")


class DomainNotProven(RuleViolation):
    """No record says that the domain is the shop's."""

    code = "domain_not_proven"


class TooManyDomains(RuleViolation):
    code = "too_many_domains"

    def __init__(self, most: int) -> None:
        super().__init__(f"A shop has up to {most} domains. Remove one that nobody needs.")


class DomainsNotInPlan(RuleViolation):
    """The merchant's plan does not include domains of one's own."""

    code = "custom_domain_not_in_plan"

    def __init__(self, plan: str) -> None:
        super().__init__(f"The plan {plan} does not include a domain of your own.")
