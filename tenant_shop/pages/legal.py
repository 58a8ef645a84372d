"""Pages that a shop does well to have."""

# The slugs of the pages that every shop starts with and that bind both sides.
TERMS = ("terms", "returns", "privacy")
# Where shoppers look for who they buy from; every shop starts with a draft of the first.
WHO_WE_ARE = ("about", "contact", "imprint", "impressum")
