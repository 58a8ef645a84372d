-- The two roles and the empty platform database, as `smartseller/embedded/postgres.py` makes them for a checkout. For psql, as
-- a superuser, once, with SMARTSELLER_OWNER_PASSWORD and SMARTSELLER_APP_PASSWORD in the environment:
--   psql -v ON_ERROR_STOP=1 -f docker/postgres/roles.sql
\set ON_ERROR_STOP on
\getenv owner_password SMARTSELLER_OWNER_PASSWORD
\getenv app_password SMARTSELLER_APP_PASSWORD

-- Owns every database and runs DDL.
CREATE ROLE smartseller_owner LOGIN CREATEDB PASSWORD :'owner_password';
GRANT pg_signal_backend, pg_monitor TO smartseller_owner;

-- Serves requests, shared by all shops; gets rows only, by the migrations' grants.
CREATE ROLE smartseller_app LOGIN PASSWORD :'app_password';
-- What holds a request's thread longer than this is not going to end well.
ALTER ROLE smartseller_app SET statement_timeout = '60s';

CREATE DATABASE smartseller_platform OWNER smartseller_owner;
REVOKE ALL ON DATABASE smartseller_platform FROM PUBLIC;
GRANT CONNECT ON DATABASE smartseller_platform TO smartseller_app;
