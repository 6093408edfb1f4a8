CREATE TABLE tenants (
    id         uuid PRIMARY KEY,
    lead_id    uuid NOT NULL UNIQUE REFERENCES leads (id),
    key        text NOT NULL,
    name       text NOT NULL,
    status     text NOT NULL CHECK (status IN ('PENDING_PROVISION', 'PROVISIONING', 'ACTIVE', 'ROLLING_BACK',
                                               'PROVISION_FAILED', 'ROLLBACK_INCOMPLETE', 'EXPIRED')),
    -- The current attempt; 0 until the first one is recorded. It only grows: a lower one is stale.
    attempt    integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- A tenant that is never provisioned gives its key and domain back from here on.
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX tenants_live_key ON tenants (key) WHERE status <> 'EXPIRED';
CREATE INDEX tenants_by_creation ON tenants (created_at, id);

CREATE TABLE tenant_domains (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    domain    text NOT NULL,
    position  smallint NOT NULL,
    -- UNPROVEN: conflicts with nobody and reaches no system. RELEASED: of an expired tenant.
    state     text NOT NULL CHECK (state IN ('PROVEN', 'UNPROVEN', 'RELEASED')),
    PRIMARY KEY (tenant_id, domain)
);
CREATE UNIQUE INDEX tenant_domains_live ON tenant_domains (domain) WHERE state = 'PROVEN';

CREATE TABLE tenant_contacts (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    email      text NOT NULL,
    first_name text NOT NULL,
    last_name  text NOT NULL,
    is_primary boolean NOT NULL,
    type       text NOT NULL,
    PRIMARY KEY (tenant_id, email)
);
