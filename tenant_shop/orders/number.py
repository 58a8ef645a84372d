"""Numbering an order."""

from uuid import UUID

from platform_core.tenancy.connections import shop_connection


def assign_number(order_id: UUID) -> str:
    """Give the order the next number of the month, or of the tests, and return it. One statement.

    The month's counter stays locked until the transaction ends, so every other order of the shop waits from here on:
    call it last. An order is inserted with its id in place of the number, which nobody else ever sees.
    """
    with shop_connection().cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders
            SET order_number = CASE WHEN is_test THEN generate_test_order_number() ELSE generate_order_number() END
            WHERE id = %s RETURNING order_number
            """,
            [order_id],
        )
        row: tuple[str] = cursor.fetchone()
    return row[0]
