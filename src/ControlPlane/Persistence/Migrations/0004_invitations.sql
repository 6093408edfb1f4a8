-- The admin's way to a first password. The token is derived from id and generation, never stored.
CREATE TABLE invitations (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL UNIQUE REFERENCES tenants (id),
    generation  integer NOT NULL DEFAULT 1,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    created_at  timestamptz NOT NULL
);

-- A password on its way to the worker, readable by the worker's private key alone, for five minutes at most.
CREATE TABLE sealed_passwords (
    invitation_id uuid PRIMARY KEY REFERENCES invitations (id) ON DELETE CASCADE,
    generation    integer NOT NULL,
    key_id        text NOT NULL,
    sealed        bytea NOT NULL,
    expires_at    timestamptz NOT NULL
);

-- Public halves of INVITATION_PRIVATE_KEY, stored by `setup`; the newest one seals.
CREATE TABLE sealing_keys (
    id         text PRIMARY KEY,
    public_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);
