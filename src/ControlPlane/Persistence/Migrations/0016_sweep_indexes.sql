-- For the sweep's questions: each one finds its rows without reading the whole table.
CREATE INDEX invitations_by_expiry ON invitations (expires_at) WHERE accepted_at IS NULL;
CREATE INDEX system_readings_by_age ON system_readings (read_at);
CREATE INDEX provisioning_steps_not_ended ON provisioning_steps (step, tenant_id)
    WHERE state IN ('PENDING', 'RUNNING', 'WAITING');
