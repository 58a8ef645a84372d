"""Companies with their members, purchases that wait for an approval, and what orders say of companies."""

import django.contrib.postgres.functions
import django.db.models.deletion
import smartseller.database
import smartseller.ids
from decimal import Decimal
from django.db import migrations, models


KEYS = (
    ("company_members", "company_id", "companies", "CASCADE"),
    ("company_members", "customer_id", "customers", "CASCADE"),
    ("purchase_requests", "company_id", "companies", "CASCADE"),
    ("purchase_requests", "customer_id", "customers", "SET NULL"),
    ("purchase_requests", "decided_by_id", "customers", "SET NULL"),
    ("purchase_requests", "order_id", "orders", "SET NULL"),
    ("orders", "company_id", "companies", "NO ACTION"),
)
FOREIGN_KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fkey "
    f"FOREIGN KEY ({column}) REFERENCES {target} (id) ON DELETE {rule};"
    for table, column, target, rule in KEYS
)
NO_FOREIGN_KEYS = "".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey;" for table, column, *_ in KEYS)
TRIGGERS = """
CREATE TRIGGER update_companies_updated_at BEFORE UPDATE ON companies
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_company_members_updated_at BEFORE UPDATE ON company_members
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
"""
NO_TRIGGERS = """
DROP TRIGGER update_company_members_updated_at ON company_members;
DROP TRIGGER update_companies_updated_at ON companies;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenant_shop', '0033_rollups'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('tax_id', models.CharField(blank=True, db_default='', default='', max_length=30, verbose_name='tax id')),
                ('tax_id_state', models.CharField(choices=[('unchecked', 'Unchecked'), ('format_ok', 'Format Ok'), ('confirmed', 'Confirmed'), ('refused', 'Refused')], db_default='unchecked', default='unchecked', max_length=20, verbose_name='tax id')),
                ('tax_id_checked_at', models.DateTimeField(blank=True, null=True, verbose_name='tax id checked at')),
                ('tax_id_checked_by', models.CharField(blank=True, db_default='', default='', help_text="A register's name, or a user's id.", max_length=100)),
                ('tax_id_note', models.CharField(blank=True, db_default='', default='', help_text='What the register said last.', max_length=255)),
                ('address_line_1', models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='street and house number')),
                ('address_line_2', models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='second line')),
                ('postal_code', models.CharField(blank=True, db_default='', default='', max_length=20)),
                ('city', models.CharField(blank=True, db_default='', default='', max_length=100)),
                ('state_province', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='state or region')),
                ('country', models.CharField(help_text='ISO 3166-1 code.', max_length=2)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('blocked', 'Blocked')], db_default='pending', default='pending', max_length=20)),
                ('pay_later', models.BooleanField(db_default=False, default=False, verbose_name='may pay later')),
                ('payment_days', models.IntegerField(db_default=30, default=30, help_text='Days from the order until an invoice is due.')),
                ('credit_limit', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), help_text='What may be open at once of orders that are paid later.', max_digits=15)),
                ('approval_rule', models.CharField(choices=[('none', 'None'), ('above', 'Above'), ('all', 'All')], db_default='none', default='none', help_text='Which orders of buyers and approvers somebody has to approve.', max_length=20)),
                ('approval_above', models.DecimalField(blank=True, decimal_places=3, help_text='For the rule “above”: totals beyond this.', max_digits=15, null=True)),
                ('purchase_number_required', models.BooleanField(db_default=False, default=False, help_text='Whether every order needs a purchase-order number.')),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'verbose_name_plural': 'companies',
                'db_table': 'companies',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CompanyMember',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('buyer', 'Buyer'), ('approver', 'Approver'), ('admin', 'Admin')], db_default='buyer', default='buyer', max_length=20)),
                ('order_limit', models.DecimalField(blank=True, decimal_places=3, help_text='Orders beyond it need an approval.', max_digits=15, null=True)),
                ('is_active', models.BooleanField(db_default=True, default=True)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
            ],
            options={
                'db_table': 'company_members',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PurchaseRequest',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=smartseller.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('cart_id', models.UUIDField(editable=False)),
                ('idempotency_key', models.CharField(blank=True, editable=False, max_length=255, null=True)),
                ('answers', models.JSONField(blank=True, db_default={}, default=dict)),
                ('total', models.DecimalField(decimal_places=3, max_digits=15)),
                ('currency', models.CharField(help_text='ISO 4217 code.', max_length=3)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], db_default='pending', default='pending', max_length=20)),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=500)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=smartseller.database.CurrentTimestamp(), editable=False)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'purchase_requests',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='customertoken',
            name='customer_tokens_purpose_check',
        ),
        migrations.AddField(
            model_name='order',
            name='company_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=255),
        ),
        migrations.AddField(
            model_name='order',
            name='company_tax_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=30),
        ),
        migrations.AddField(
            model_name='order',
            name='purchase_number',
            field=models.CharField(blank=True, db_default='', default='', help_text="The buyer's own number for the order.", max_length=50),
        ),
        migrations.AddField(
            model_name='order',
            name='reverse_charge',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='shoppingcart',
            name='frozen_at',
            field=models.DateTimeField(blank=True, help_text='Since when it waits for an approval.', null=True),
        ),
        migrations.AlterField(
            model_name='customertoken',
            name='purpose',
            field=models.CharField(choices=[('register', 'Register'), ('reset', 'Reset'), ('confirm_email', 'Confirm Email'), ('undo_email', 'Undo Email'), ('erase', 'Erase'), ('join_company', 'Join Company')], max_length=20),
        ),
        migrations.AlterField(
            model_name='order',
            name='payment_due_at',
            field=models.DateTimeField(blank=True, help_text='Unpaid then, the order is cancelled; an invoice is overdue.', null=True),
        ),
        migrations.AddConstraint(
            model_name='customertoken',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['register', 'reset', 'confirm_email', 'undo_email', 'erase', 'join_company'])), name='customer_tokens_purpose_check'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(fields=['status', 'created_at'], name='idx_companies_status'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('tax_id', ''), _negated=True), fields=['tax_id'], name='idx_companies_tax_id'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'blocked'])), name='companies_status_check'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('tax_id_state', 'unchecked'), models.Q(('tax_id_state__in', ['format_ok', 'confirmed', 'refused']), models.Q(('tax_id', ''), _negated=True)), _connector='OR'), name='companies_tax_id_state_check'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='companies_country_check'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('credit_limit__gte', 0), ('payment_days__gte', 1), ('payment_days__lte', 365)), name='companies_terms_check'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('approval_rule__in', ['none', 'all']), models.Q(('approval_above__gte', 0), ('approval_above__isnull', False), ('approval_rule', 'above')), _connector='OR'), name='companies_approval_check'),
        ),
        migrations.AddField(
            model_name='order',
            name='company',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='tenant_shop.company'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('company__isnull', False)), fields=['company', 'created_at'], name='idx_orders_company'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('payment_method', 'pay_later'), ('payment_status', 'pending')), fields=['payment_due_at'], name='idx_orders_pay_later_due'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('reverse_charge', False), models.Q(('tax_amount', 0), ('tax_included', False), models.Q(('company_tax_id', ''), _negated=True)), _connector='OR'), name='orders_reverse_charge_check'),
        ),
        migrations.AddField(
            model_name='companymember',
            name='company',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='tenant_shop.company'),
        ),
        migrations.AddField(
            model_name='companymember',
            name='customer',
            field=models.OneToOneField(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='membership', to='tenant_shop.customer'),
        ),
        migrations.AddField(
            model_name='purchaserequest',
            name='company',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='tenant_shop.company'),
        ),
        migrations.AddField(
            model_name='purchaserequest',
            name='customer',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='purchase_requests', to='tenant_shop.customer'),
        ),
        migrations.AddField(
            model_name='purchaserequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tenant_shop.customer'),
        ),
        migrations.AddField(
            model_name='purchaserequest',
            name='order',
            field=models.OneToOneField(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='purchase_request', to='tenant_shop.order'),
        ),
        migrations.AddIndex(
            model_name='companymember',
            index=models.Index(fields=['company'], name='idx_company_members_company'),
        ),
        migrations.AddConstraint(
            model_name='companymember',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['buyer', 'approver', 'admin'])), name='company_members_role_check'),
        ),
        migrations.AddConstraint(
            model_name='companymember',
            constraint=models.CheckConstraint(condition=models.Q(('order_limit', None), ('order_limit__gte', 0), _connector='OR'), name='company_members_order_limit_check'),
        ),
        migrations.AddIndex(
            model_name='purchaserequest',
            index=models.Index(fields=['company', '-created_at'], name='idx_purchase_requests_company'),
        ),
        migrations.AddIndex(
            model_name='purchaserequest',
            index=models.Index(fields=['customer'], name='idx_purchase_requests_customer'),
        ),
        migrations.AddIndex(
            model_name='purchaserequest',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['expires_at'], name='idx_purchase_requests_expiry'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('status', 'pending')), models.Q(('decided_at__isnull', False), ('status__in', ['approved', 'rejected', 'withdrawn', 'expired'])), _connector='OR'), name='purchase_requests_status_check'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(('order', None), ('status', 'approved'), _connector='OR'), name='purchase_requests_order_check'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$'), ('total__gte', 0)), name='purchase_requests_total_check'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('cart_id',), name='purchase_requests_pending_cart'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.UniqueConstraint(fields=('idempotency_key',), name='purchase_requests_idempotency_key'),
        ),
        migrations.RemoveConstraint(
            model_name='shoppingcart',
            name='shopping_carts_open_by_customer',
        ),
        migrations.AddConstraint(
            model_name='shoppingcart',
            constraint=models.UniqueConstraint(condition=models.Q(('completed_at', None), ('frozen_at', None)), fields=('customer',), name='shopping_carts_open_by_customer'),
        ),
        migrations.RunSQL(FOREIGN_KEYS, NO_FOREIGN_KEYS),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
