"""Proving that the stock adds up."""

from dataclasses import dataclass
from uuid import UUID

from platform_core.tenancy.connections import shop_connection


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A number that should be another: a variant's stock by its movements, or a product's by its variants."""

    what: str
    id: UUID
    sku: str
    recorded: int
    computed: int


def verify_stock() -> list[Discrepancy]:
    """Every variant whose quantity is not the sum of its movements, and every product whose stock is not the sum of
    its variants'. Empty when all is well. One statement, so that it sees one moment."""
    with shop_connection().cursor() as cursor:
        cursor.execute(
            """
            SELECT 'variant', v.id, v.sku, v.inventory_quantity, COALESCE(SUM(m.delta), 0)::int
            FROM product_variants v LEFT JOIN stock_movements m ON m.variant_id = v.id
            GROUP BY v.id HAVING v.inventory_quantity <> COALESCE(SUM(m.delta), 0)
            UNION ALL
            SELECT 'product', p.id, p.sku, p.inventory_quantity, COALESCE(SUM(v.inventory_quantity), 0)::int
            FROM products p LEFT JOIN product_variants v ON v.product_id = p.id
            GROUP BY p.id HAVING p.inventory_quantity <> COALESCE(SUM(v.inventory_quantity), 0)
            ORDER BY 1, 2
            """
        )
        return [Discrepancy(*row) for row in cursor.fetchall()]
