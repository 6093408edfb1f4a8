-- What each system said of a tenant when an operator last asked; of nobody's interest a day later.
CREATE TABLE system_readings (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    system    text NOT NULL,
    state     text NOT NULL CHECK (state IN ('READ', 'UNREADABLE', 'NOT_CONFIGURED')),
    -- Why it could not be read, or what is there and cannot be looked for.
    problem   text,
    read_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, system)
);

CREATE TABLE system_findings (
    tenant_id uuid NOT NULL,
    system    text NOT NULL,
    type      text NOT NULL,
    name      text NOT NULL,
    -- Whose it is: an attempt of this tenant; null: not ours.
    attempt   integer,
    detail    text NOT NULL,
    FOREIGN KEY (tenant_id, system) REFERENCES system_readings (tenant_id, system) ON DELETE CASCADE
);
CREATE INDEX system_findings_of ON system_findings (tenant_id, system);
