#!/usr/bin/env bash
# Runs once, when PostgreSQL makes its data folder. The worker owns the tables and is no superuser; the functions get
# their rights on rows by `Worker migrate`.
set -euo pipefail
set -a
. "${SECRETS:-/secrets}/roles"
set +a

psql -X -q -v ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv worker WORKER_PASSWORD
\getenv functions FUNCTIONS_PASSWORD
\getenv keycloak KEYCLOAK_PASSWORD
\getenv temporal TEMPORAL_PASSWORD
CREATE ROLE control_plane_worker LOGIN CREATEROLE PASSWORD :'worker';
CREATE ROLE control_plane_functions LOGIN PASSWORD :'functions';
CREATE ROLE keycloak LOGIN PASSWORD :'keycloak';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE control_plane OWNER control_plane_worker;
CREATE DATABASE tenants OWNER control_plane_worker;
CREATE DATABASE keycloak OWNER keycloak;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE control_plane, tenants, keycloak, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE control_plane TO control_plane_functions;
\connect control_plane
ALTER SCHEMA public OWNER TO control_plane_worker;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
