-- How an application reaches its tenant: one row for each part (identity, database, storage), written by the step that
-- makes the object and deleted by its undo. A part holds names and addresses, and references to secrets: never a secret.
CREATE TABLE tenant_connections (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    part       text NOT NULL,
    attempt    integer NOT NULL,
    document   jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, part)
);

-- The random half of each password of a tenant's database login; the other half is a key of the worker's settings.
-- All tries of an attempt find the same row, and so derive the same password.
CREATE TABLE tenant_passwords (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    attempt    integer NOT NULL,
    generation integer NOT NULL CHECK (generation > 0),
    key_id     text NOT NULL,
    salt       bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, attempt, generation)
);
