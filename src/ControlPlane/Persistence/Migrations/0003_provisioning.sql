-- One try to provision a tenant. The row is written before the workflow starts: the database is the fence.
CREATE TABLE provisioning_attempts (
    tenant_id      uuid NOT NULL REFERENCES tenants (id),
    attempt        integer NOT NULL CHECK (attempt > 0),
    state          text NOT NULL CHECK (state IN ('RECORDED', 'RUNNING', 'SUCCEEDED', 'ROLLING_BACK',
                                                  'ROLLED_BACK', 'ROLLBACK_INCOMPLETE')),
    subscription   jsonb NOT NULL,
    -- SHA-256 of the canonical subscription: a different body while the attempt runs is refused.
    subscription_hash bytea NOT NULL,
    tier           text NOT NULL CHECK (tier IN ('silo', 'pooled', 'bridge')),
    run_id         text,
    -- The step that failed first, as a code and a sentence without secrets.
    failed_step    text,
    error_code     text,
    error          text,
    cancelled      boolean NOT NULL DEFAULT false,
    recorded_at    timestamptz NOT NULL,
    started_at     timestamptz,
    ended_at       timestamptz,
    -- When every system was last read again for residue.
    residue_read_at timestamptz,
    PRIMARY KEY (tenant_id, attempt)
);

CREATE TABLE provisioning_steps (
    tenant_id   uuid NOT NULL,
    attempt     integer NOT NULL,
    position    smallint NOT NULL,
    step        text NOT NULL,
    -- PARKED: given up for now, visible, and started again by an operator (the welcome mail).
    state       text NOT NULL DEFAULT 'PENDING'
                CHECK (state IN ('PENDING', 'RUNNING', 'WAITING', 'DONE', 'SKIPPED', 'FAILED', 'PARKED')),
    tries       integer NOT NULL DEFAULT 0,
    started_at  timestamptz,
    ended_at    timestamptz,
    next_try_at timestamptz,
    error_code  text,
    error       text,
    -- The compensation of the step; null until it begins.
    undo_state  text CHECK (undo_state IN ('RUNNING', 'WAITING', 'DONE', 'FAILED')),
    undo_tries  integer NOT NULL DEFAULT 0,
    undo_error  text,
    undo_next_try_at timestamptz,
    PRIMARY KEY (tenant_id, attempt, step),
    FOREIGN KEY (tenant_id, attempt) REFERENCES provisioning_attempts (tenant_id, attempt)
);

-- What a tenant owns in the outside systems: PLANNED before its step, CREATED after it, DELETED after its undo.
-- A public contract: operators and support read this table.
CREATE TABLE resources (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    type       text NOT NULL,
    name       text NOT NULL,
    state      text NOT NULL CHECK (state IN ('PLANNED', 'CREATED', 'DELETED')),
    attempt    integer NOT NULL,
    -- What a later reader needs besides the name, e.g. the object store's own clock when the bucket was absent.
    details    jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, type, name)
);

-- What a rolled-back attempt left behind, by name, as last read from the systems.
CREATE TABLE residue (
    tenant_id uuid NOT NULL,
    attempt   integer NOT NULL,
    type      text NOT NULL,
    name      text NOT NULL,
    reason    text NOT NULL,
    found_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, attempt, type, name),
    FOREIGN KEY (tenant_id, attempt) REFERENCES provisioning_attempts (tenant_id, attempt)
);
