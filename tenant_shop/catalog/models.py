"""Categories, brands, products and their pictures."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from smartseller.database import CurrentTimestamp, KeptBooleanField, KeptIntegerField, KeptJSONField
from smartseller.ids import uuid7
from smartseller.words import Together, words_index
from tenant_shop.catalog.pictures.columns import PictureFile
from tenant_shop.catalog.querysets import ProductQuerySet
from tenant_shop.taxes.classes import CLASS_PATTERN, LONGEST_CLASS, STANDARD, check_tax_class

# What an address is made of: a thing of another slug has no page, and would take every page that links to it along.
SLUG_PATTERN = r"^[-a-zA-Z0-9_]+$"
# What the shop's people search a product by, besides its SKUs.
PRODUCT_WORDS = Together("name", "slug", Func("tags", function="tags_as_text", output_field=models.TextField()))


class Category(models.Model):
    """A shelf of the shop; shelves nest."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255, db_index=False)
    description = models.TextField(null=True, blank=True)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", db_index=False, db_constraint=False
    )
    image_url = models.CharField(max_length=500, null=True, blank=True)
    sort_order = models.IntegerField(default=0, db_default=0)
    is_active = models.BooleanField(default=True, db_default=True)
    is_featured = models.BooleanField(default=False, db_default=False)
    meta_title = models.CharField(max_length=255, null=True, blank=True)
    meta_description = models.TextField(null=True, blank=True)
    meta_keywords = models.CharField(max_length=500, null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "categories"
        verbose_name_plural = "categories"
        ordering = ["sort_order", "name"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="categories_slug_key"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="categories_slug_check"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="categories_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """Who makes a product."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255, db_index=False)
    description = models.TextField(null=True, blank=True)
    logo_url = models.CharField(max_length=500, null=True, blank=True)
    website_url = models.CharField(max_length=500, null=True, blank=True)
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "brands"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="brands_name_key"),
            models.UniqueConstraint(fields=["slug"], name="brands_slug_key"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="brands_slug_check"),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """What a shopper looks at. Prices are in the shop's currency, as the merchant entered them.

    `variants` and `inventory_quantity` are a projection of the rows in `product_variants`, kept by a trigger, and so is
    `runs_low`, by another.
    The database checks when a transaction commits that each new product has a variant.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"
        DRAFT = "draft"
        ARCHIVED = "archived"

    class Visibility(models.TextChoices):
        VISIBLE = "visible"
        HIDDEN = "hidden"
        CATALOG_ONLY = "catalog_only"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255, db_index=False)
    description = models.TextField(null=True, blank=True)
    short_description = models.TextField(null=True, blank=True)
    sku = models.CharField(max_length=100)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="products", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, blank=True, related_name="products", db_index=False, db_constraint=False
    )
    price = models.DecimalField(max_digits=13, decimal_places=3)
    compare_at_price = models.DecimalField(
        max_digits=13, decimal_places=3, null=True, blank=True, help_text="The price before a reduction."
    )
    cost_price = models.DecimalField(
        max_digits=13, decimal_places=3, null=True, blank=True, help_text="What the merchant pays."
    )
    tax_class = models.CharField(
        max_length=LONGEST_CLASS, default=STANDARD, db_default=STANDARD, validators=[check_tax_class]
    )
    weight = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="In grams.")
    length = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="In centimetres.")
    width = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="In centimetres.")
    height = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="In centimetres.")
    customs_code = models.CharField(
        max_length=20, default="", db_default="", blank=True, help_text="Of the Harmonized System, as in 6109.10."
    )
    origin_country = models.CharField(
        max_length=2, default="", db_default="", blank=True, help_text="ISO 3166-1 alpha-2."
    )
    track_inventory = models.BooleanField(default=True, db_default=True)
    inventory_quantity = KeptIntegerField(
        default=0, db_default=0, editable=False, help_text="The sum over the variants."
    )
    allow_backorder = models.BooleanField(default=False, db_default=False)
    low_stock_threshold = models.IntegerField(default=10, db_default=10)
    runs_low = KeptBooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether it is on sale and counted, with a variant on sale that is sold out or at or below the "
        "threshold.",
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT, db_default="draft")
    visibility = models.CharField(max_length=20, choices=Visibility, default=Visibility.VISIBLE, db_default="visible")
    meta_title = models.CharField(max_length=255, null=True, blank=True)
    meta_description = models.TextField(null=True, blank=True)
    meta_keywords = models.CharField(max_length=500, null=True, blank=True)
    tags = ArrayField(models.TextField(), null=True, blank=True, default=list)
    features = models.JSONField(default=dict, db_default={}, blank=True)
    specifications = models.JSONField(default=dict, db_default={}, blank=True)
    variants = KeptJSONField(default=list, db_default=[], editable=False, help_text="The variants, for readers.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, db_default={}, blank=True, help_text="Values of custom fields.")

    objects = ProductQuerySet.as_manager()

    class Meta:
        db_table = "products"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="products_slug_key"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="products_slug_check"),
            models.UniqueConstraint(fields=["sku"], name="products_sku_key"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "inactive", "draft", "archived"]), name="products_status_check"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["visible", "hidden", "catalog_only"]), name="products_visibility_check"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="products_price_check"),
            models.CheckConstraint(condition=Q(compare_at_price__gte=0), name="products_compare_at_price_check"),
            models.CheckConstraint(condition=Q(cost_price__gte=0), name="products_cost_price_check"),
            models.CheckConstraint(condition=Q(tax_class__regex=CLASS_PATTERN), name="products_tax_class_check"),
            models.CheckConstraint(
                condition=Q(customs_code__regex=r"^([0-9]{4,12})?$"), name="products_customs_code_check"
            ),
            models.CheckConstraint(condition=Q(origin_country__regex=r"^([A-Z]{2})?$"), name="products_origin_check"),
        ]
        # The full-text index is on `product_search`, which triggers keep (migration 0012).
        indexes = [
            models.Index(fields=["status"], name="idx_products_status"),
            models.Index(fields=["category"], name="idx_products_category"),
            models.Index(fields=["brand"], name="idx_products_brand"),
            models.Index(fields=["price"], name="idx_products_price"),
            models.Index(fields=["created_at"], name="idx_products_created_at"),
            models.Index(fields=["name", "id"], name="idx_products_name"),
            models.Index(fields=["updated_at", "id"], name="idx_products_changed"),
            GinIndex(fields=["tags"], name="idx_products_tags"),
            words_index(PRODUCT_WORDS, name="idx_products_words"),
            models.Index(fields=["name", "id"], condition=Q(runs_low=True), name="idx_products_low"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_visible(self) -> bool:
        return self.status == self.Status.ACTIVE and self.visibility == self.Visibility.VISIBLE

    @property
    def is_for_sale(self) -> bool:
        """Whether it can be ordered; a hidden one by those who know its address."""
        return self.status == self.Status.ACTIVE and self.visibility != self.Visibility.CATALOG_ONLY

    @property
    def is_stock_limited(self) -> bool:
        """Whether no more can be sold than is in stock."""
        return self.track_inventory and not self.allow_backorder


class ProductImage(PictureFile):
    """A picture of a product."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="images", db_index=False, db_constraint=False)
    alt_text = models.CharField(max_length=255, null=True, blank=True)
    sort_order = models.IntegerField(default=0, db_default=0)
    is_primary = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "product_images"
        ordering = ["sort_order", "id"]
        indexes = [
            models.Index(fields=["product", "sort_order"], name="idx_product_images_product"),
            models.Index(
                fields=["renditions_due_at"],
                condition=Q(renditions_due_at__isnull=False),
                name="idx_product_images_due",
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text or self.url
