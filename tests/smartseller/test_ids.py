from smartseller.ids import uuid7


def test_an_identifier_is_a_uuid_of_version_7() -> None:
    made = uuid7()

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_identifiers_of_one_process_grow_and_never_repeat() -> None:
    made = [uuid7() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == 10_000
