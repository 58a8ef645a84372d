-- The two roles and the empty platform database, as `smartseller/embedded/postgres.py` makes them for a checkout. For psql, as
-- a superuser, once, with SMARTSELLER_OWNER_PASSWORD and SMARTSELLER_APP_PASSWORD in the environment, and with
-- SMARTSELLER_MOVER_PASSWORD where shops are to be moved to other servers while they sell (PostgreSQL 16 and later):
--   psql -v ON_ERROR_STOP=1 -f docker/postgres/roles.sql
\set ON_ERROR_STOP on
\getenv owner_password SMARTSELLER_OWNER_PASSWORD
\getenv app_password SMARTSELLER_APP_PASSWORD

-- Owns every database and runs DDL.
CREATE ROLE smartseller_owner LOGIN CREATEDB PASSWORD :'owner_password';
GRANT pg_signal_backend, pg_monitor TO smartseller_owner;

-- Serves requests, shared by all shops; gets rows only, by the migrations' grants.
CREATE ROLE smartseller_app LOGIN PASSWORD :'app_password';

-- Moves shops between servers: reads changes here, repeats changes there. Needs wal_level = logical, and a line of pg_hba.conf
-- that asks for its password.
\getenv mover_password SMARTSELLER_MOVER_PASSWORD
\if :{?mover_password}
CREATE ROLE smartseller_mover LOGIN REPLICATION PASSWORD :'mover_password' IN ROLE smartseller_owner, pg_create_subscription;
\endif

CREATE DATABASE smartseller_platform OWNER smartseller_owner;
REVOKE ALL ON DATABASE smartseller_platform FROM PUBLIC;
GRANT CONNECT ON DATABASE smartseller_platform TO smartseller_app;
-- What holds a request's thread longer than this is not going to end well. A shop's database has its plan's limit, over which one
-- of the role would win.
ALTER DATABASE smartseller_platform SET statement_timeout = '60s';
