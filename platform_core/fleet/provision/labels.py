"""The steps of making a shop in the words of whoever waits for it."""

LABELS = {
    "check_archive": "Read the archive from end to end",
    "claim_database": "Take a database for the shop",
    "schema_of_archive": "Give it the tables of the archive's release",
    "lock_down": "Lock everybody else out",
    "write_sentinel": "Write down whose it is",
    "seed_shop": "Set the shop up",
    "fill_from_archive": "Copy every row of the archive",
    "bring_up_to_date": "Bring it to this release",
    "files_from_archive": "Copy pictures and other files",
    "fill_from_shop": "Copy every row of the shop",
    "files_from_shop": "Copy pictures and other files",
    "let_people_in": "Let the shop's people in",
    "open_subscription": "Begin the trial",
    "grant_owner": "Hand you the keys",
    "verify": "Check every lock",
    "open_shop": "Open the doors",
}


def label_of(step: str) -> str:
    """What the step `step` does, in words."""
    return LABELS.get(step, step.replace("_", " ").capitalize())
