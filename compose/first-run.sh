#!/usr/bin/env bash
# The first run of compose.yaml: makes the secrets of this installation. Each service has a volume of its own with
# those that it reads. A later run keeps them.
set -euo pipefail
umask 077

root=${SECRETS:-/secrets}
if [[ -s $root/setup/env ]]; then   # written last
  echo 'The secrets exist and are kept.'
  exit 0
fi

keys=$("${WORKER:-/app/Worker}" keys)
key() { grep "^$1=" <<<"$keys"; }
hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
put() { # VOLUME FILE USER: writes the standard input
  mkdir -p "$root/$1"
  cat >"$root/$1/$2"
  [[ $EUID != 0 ]] || chown -R "$3" "$root/$1"
}

superuser=$(hex 24) temporal=$(hex 24) keycloak=$(hex 24) administrator=$(hex 24) worker=$(hex 24) functions=$(hex 24)
access_key=arc-saas-$(hex 4) secret_key=$(hex 24) novu=$(hex 24)
server=arc-saas-postgres:5432

# The users of the images: 70 postgres (Alpine), 1000 temporal and keycloak, 1654 app of .NET.
put postgres password 70 <<<"$superuser"
put postgres roles 70 <<ROLES
WORKER_PASSWORD=$worker
FUNCTIONS_PASSWORD=$functions
KEYCLOAK_PASSWORD=$keycloak
TEMPORAL_PASSWORD=$temporal
ROLES
put temporal env 1000 <<<"POSTGRES_PWD=$temporal"
put keycloak env 1000 <<KEYCLOAK
KC_DB_PASSWORD=$keycloak
KC_BOOTSTRAP_ADMIN_PASSWORD=$administrator
KEYCLOAK
put minio env 0 <<MINIO
MINIO_ROOT_USER=$access_key
MINIO_ROOT_PASSWORD=$secret_key
MINIO
put novu env 1654 <<<"NOVU_API_KEY=$novu"

put functions env 1654 <<FUNCTIONS
$(key JWT_SECRET)
$(key TOKEN_KEYS)
$(key PAYLOAD_KEYS)
DATABASE_URL=postgres://control_plane_functions:$functions@$server/control_plane
FUNCTIONS

of_worker="$(key INSTALLATION_ID)
$(key PAYLOAD_KEYS)
$(key INVITATION_PRIVATE_KEY)
DATABASE_URL=postgres://control_plane_worker:$worker@$server/control_plane
TENANT_DATABASE_URL=postgres://control_plane_worker:$worker@$server/tenants
AWS_ACCESS_KEY_ID=$access_key
AWS_SECRET_ACCESS_KEY=$secret_key
NOVU_API_KEY=$novu"
put worker env 1654 <<WORKER
$of_worker
$(key TOKEN_KEYS)
WORKER
put setup env 1654 <<SETUP
$of_worker
KEYCLOAK_ADMIN_PASSWORD=$administrator
SETUP
echo 'New secrets were made.'
