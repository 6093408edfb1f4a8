-- What carries this installation's mark in an outside system and belongs to no attempt that this database knows: after
-- an older database was restored, or made by another control plane with the same INSTALLATION_ID. Written by the sweep,
-- deleted only on an operator's word (`Worker orphans`).
CREATE TABLE orphans (
    type      text NOT NULL,
    -- As the mark says; there need be no such tenant.
    tenant_id uuid NOT NULL,
    attempt   integer NOT NULL,
    name      text NOT NULL,
    reason    text NOT NULL,
    found_at  timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (type, tenant_id, attempt)
);
-- For the sweep's questions.
CREATE INDEX sealed_passwords_by_expiry ON sealed_passwords (expires_at);
CREATE INDEX tenants_by_expiry ON tenants (expires_at) WHERE status = 'PENDING_PROVISION' AND attempt = 0;
