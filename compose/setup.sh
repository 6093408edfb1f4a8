#!/usr/bin/env bash
# Before the worker and the functions start, at every start: both commands keep what exists. With `token` it prints a
# token of the first operator.
set -euo pipefail
set -a
. /secrets/setup/env
set +a

if [[ ${1:-} == token ]]; then
  exec /app/Worker token --password-file /secrets/setup/operator-password
fi
/app/Worker migrate --functions-role control_plane_functions
/app/Worker setup --operator-password-file /secrets/setup/operator-password \
  --worker-secret-file /secrets/worker/keycloak-client-secret
