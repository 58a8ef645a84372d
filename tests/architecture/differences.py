"""The deliberate differences between the specification and the platform's database, each with its reason.

The list is exact: a difference that is not here fails the comparison, and so does an entry that is no difference.
Each entry names a thing, what the specification says (None: nothing) and what is built (None: left out).
"""

from tests.architecture.comparison import Deliberate, Entry, Everywhere
from tests.architecture.differences_billing import BILLING

# These hold in both databases.
EVERYWHERE = {
    Everywhere("default", "uuid_generate_v4()", "gen_random_uuid()"): "in PostgreSQL's core since 13; no extension",
    Everywhere("null", "nullable, with a default", "not null"): "a column with a default needs no third state",
    Everywhere("foreign key is checked", "at once", "at commit"): "as Django does, so that rows may come in any order",
}

MONEY = {
    Everywhere(
        "type", "numeric(10,2)", "numeric(13,3)"
    ): "prices: large enough, three decimals where a currency has them",
    Everywhere("type", "numeric(10,2)", "numeric(15,3)"): "sums of prices",
    Everywhere("type", "numeric(12,2)", "numeric(15,3)"): "sums over all merchants",
}


def tables(reason: str, *names: str) -> dict[str, Entry]:
    return dict.fromkeys(names, (None, "table", reason))


def updated_at(table: str) -> dict[str, Entry]:
    trigger = f"BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()"
    return {
        f"{table} trigger update_{table}_updated_at": (None, trigger, "the column would otherwise keep its first value")
    }


def text_in(column: str, *values: str) -> str:
    """How PostgreSQL prints `column IN (…)` for a column of type varchar."""
    listed = ", ".join(f"'{value}'::character varying" for value in values)
    return f"CHECK ((({column})::text = ANY ((ARRAY[{listed}])::text[])))"


LABEL = "'^[a-z0-9]+(-[a-z0-9]+)*$'::text"
DOMAIN = r"'^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text"
TENANT_IN_SCOPE = "(tenant_id = (NULLIF(current_setting('app.current_tenant_id'::text, true), ''::text))::uuid)"
IN_SCOPE = f"((current_setting('app.audit_scope'::text, true) = 'platform'::text) OR {TENANT_IN_SCOPE})"

TENANTS: dict[str, Entry] = {
    "tenants.server": (
        None,
        "character varying(50) not null default 'primary'::character varying",
        "shops live on several servers",
    ),
    "tenants.region": (
        None,
        "character varying(50) not null default ''::character varying",
        "where a shop's data may be",
    ),
    "tenants.epoch": (None, "integer not null default 1", "a moved or restored shop gets another database"),
    "tenants.availability": (
        None,
        "character varying(20) not null default 'open'::character varying",
        "maintenance and moves are no matter of the merchant's status",
    ),
    "tenants.schema_version": (
        None,
        "character varying(100) not null default ''::character varying",
        "a shop behind the code is not served",
    ),
    "tenants.currency": (
        None,
        "character varying(3) not null default 'USD'::character varying",
        "known before the shop's database is opened",
    ),
    "tenants.timezone": (
        None,
        "character varying(50) not null default 'UTC'::character varying",
        "known before the shop's database is opened",
    ),
    "tenants.country": (
        None,
        "character varying(2) not null default 'US'::character varying",
        "known before the shop's database is opened",
    ),
    "tenants.support_may_enter": (
        None,
        "boolean not null default true",
        "a merchant may keep operators out",
    ),
    "tenants.staff_two_factor": (None, "boolean not null default false", "the merchant may ask for a second factor"),
    "tenants.sandbox_of": (None, "uuid", "a copy to try things in knows which shop it is of"),
    "tenants.sandbox_until": (None, "timestamp with time zone", "a sandbox closes by itself"),
    "tenants index tenants_one_sandbox_per_shop": (
        None,
        "unique USING btree (sandbox_of) WHERE (NOT ((status)::text = 'cancelled'::text))",
        "one sandbox a shop",
    ),
    "tenants foreign key (server)": (None, "database_servers(key)", "shops live on several servers"),
    "tenants index idx_tenants_server": (None, "USING btree (server)", "placement counts the shops of a server"),
    "tenants check (slug)": (
        None,
        f"CHECK (((slug)::text ~ {LABEL})) AND CHECK ((NOT {text_in('slug', 'platform', 'tenant-template')[7:-1]}))",
        "a slug is a host label, and no shop's database may be called like the platform's own",
    ),
    "tenants check (subdomain)": (None, f"CHECK (((subdomain)::text ~ {LABEL}))", "a subdomain is a host label"),
    "tenants check (domain)": (None, f"CHECK (((domain)::text ~ {DOMAIN}))", "hosts are compared in lower case"),
    "tenants check (database_name)": (
        None,
        "CHECK (((database_name)::text ~ '^[a-z][a-z0-9_]{0,62}$'::text))",
        "PostgreSQL cuts longer names off; a plain name needs no quoting in PgBouncer or a shell",
    ),
    "tenants check (availability)": (
        None,
        text_in("availability", "open", "maintenance", "moving"),
        "the states the fence knows",
    ),
    "tenants check (epoch)": (None, "CHECK ((epoch >= 1))", "epochs count from one"),
    "tenants check (currency)": (None, "CHECK (((currency)::text ~ '^[A-Z]{3}$'::text))", "ISO 4217"),
    "tenants check (country)": (None, "CHECK (((country)::text ~ '^[A-Z]{2}$'::text))", "ISO 3166-1"),
}

ACCOUNTS: dict[str, Entry] = {
    "platform_users check (role)": (
        text_in("role", "super_admin", "admin", "support", "developer"),
        text_in("role", "super_admin", "admin", "support", "developer", "merchant"),
        "merchants log in too, without rights on the platform",
    ),
    "platform_users.two_factor_step": (None, "bigint", "the code of one step of the clock works once"),
    "platform_users check (email)": (
        None,
        "CHECK (((email)::text = lower((email)::text)))",
        "two users may not differ in case only",
    ),
}

PLANS: dict[str, Entry] = {
    f"tenant_plans check ({column})": (None, f"CHECK (({column} >= '-1'::integer))", "-1 is the only magic number")
    for column in (
        "max_products",
        "max_orders_per_month",
        "max_customers",
        "max_staff_users",
        "max_file_storage_gb",
        "max_api_calls_per_hour",
    )
}

AUDIT: dict[str, Entry] = {
    "platform_audit_log row security": ("enabled", "forced", "the owner would bypass it"),
    "platform_audit_log policy tenant_audit_isolation": (
        "for ALL using (tenant_id = (current_setting('app.current_tenant_id'::text))::uuid) with check None",
        f"for SELECT using {IN_SCOPE} with check None",
        "a missing setting means no rows, not an error; operators have a scope of their own; nothing is ever changed",
    ),
    "platform_audit_log policy tenant_audit_insertion": (
        None,
        f"for INSERT using None with check {IN_SCOPE}",
        "entries are added for the scope's tenant only",
    ),
}

AUDIT |= {
    "platform_audit_log index idx_audit_tenant_newest": (
        None,
        "USING btree (tenant_id, created_at DESC, id DESC)",
        "a shop's owner reads its log page by page, newest first",
    ),
    "platform_audit_log index idx_audit_resource_newest": (
        None,
        "USING btree (resource_id, created_at DESC)",
        "the history of one object",
    ),
}

FUNCTIONS: dict[str, Entry] = {
    "function create_tenant_database(character varying)": (
        "returns boolean",
        None,
        "CREATE DATABASE cannot run inside a function: provisioning is steps in Python",
    ),
    "function drop_tenant_database(character varying)": (
        "returns boolean",
        None,
        "one call must not lose a shop: dropping is the end of a state machine",
    ),
    "function backup_tenant_database(character varying)": (
        "returns boolean",
        None,
        "pg_dump is a program, not a function",
    ),
}

PLATFORM = Deliberate(
    one_by_one={
        **tables("the fleet", "database_servers", "tenant_templates", "spare_databases"),
        **tables("provisioning is recorded step by step", "provisioning_runs", "provisioning_steps"),
        **tables("what was backed up, when the next is due", "backups", "backup_turns"),
        **tables("archives of shops, and certificates of erasures", "shop_exports", "erasure_certificates"),
        **tables("a restore is recorded, and the database before it kept", "restores", "kept_databases"),
        **tables("a move between servers is recorded", "moves"),
        **tables("migrations of shops are recorded, a shop at a time", "migration_runs", "shop_migrations"),
        **tables("tasks that kill their worker or fail for good are set aside", "parked_tasks"),
        **tables("a shop's people are invited by mail", "tenant_invitations"),
        **tables("where people are logged in, and links that prove a mailbox", "user_sessions", "user_links"),
        **tables("a second factor's codes on paper", "user_recovery_codes"),
        **tables("passwords tried on many accounts are counted by network", "log_in_networks"),
        **tables("operators in the place of a shop's people are bounded and kept", "impersonations"),
        **tables("programs come with a person's key, and are answered twice alike", "user_keys", "user_calls"),
        **tables("a domain is proven before it is a shop's", "tenant_domains"),
        **tables("money of credit notes goes back to the card", "card_refunds"),
        **tables("what registers say of merchants' tax ids", "tenant_tax_ids"),
        **tables("a shop is made once the mailbox has answered", "signups"),
        **tables("the status page says what was measured", "health_days"),
        **tables("each shop at its own midnight, by one table of due times", "rollup_turns"),
        **tables("what shops said of their days, and sums in one currency each", "tenant_metrics", "platform_sales"),
        **tables("Django's own", "django_migrations", "django_content_type", "django_session", "django_admin_log"),
        **tables("Django's own", "auth_group", "auth_permission", "auth_group_permissions"),
        **updated_at("tenant_plans"),
        **updated_at("platform_settings"),
        **TENANTS,
        **ACCOUNTS,
        **PLANS,
        **AUDIT,
        **BILLING,
        **FUNCTIONS,
    },
    everywhere={**EVERYWHERE, **MONEY},
)
