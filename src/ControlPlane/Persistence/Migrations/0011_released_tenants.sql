-- RELEASED: a tenant that is not live has given key, domains and lead back. The row stays: its attempts are the
-- evidence on which the sweep deletes what still turns up in the outside systems.
ALTER TABLE tenants DROP CONSTRAINT tenants_status_check;
ALTER TABLE tenants ADD CONSTRAINT tenants_status_check
    CHECK (status IN ('PENDING_PROVISION', 'PROVISIONING', 'ACTIVE', 'ROLLING_BACK', 'PROVISION_FAILED',
                      'ROLLBACK_INCOMPLETE', 'EXPIRED', 'RELEASED'));
-- OPERATOR: the contact data stay for the retention. AGE: the tenant's lifetime after its failure has ended theirs.
ALTER TABLE tenants ADD COLUMN released_by text CHECK (released_by IN ('OPERATOR', 'AGE'));

DROP INDEX tenants_live_key;
CREATE UNIQUE INDEX tenants_live_key ON tenants (key) WHERE status NOT IN ('EXPIRED', 'RELEASED');
-- A lead has at most one tenant that is not over. The name is that of the constraint, which functions of the version
-- before look for. The lead is null once its data are erased.
ALTER TABLE tenants ALTER COLUMN lead_id DROP NOT NULL;
ALTER TABLE tenants DROP CONSTRAINT tenants_lead_id_key;
CREATE UNIQUE INDEX tenants_lead_id_key ON tenants (lead_id) WHERE status NOT IN ('EXPIRED', 'RELEASED');
CREATE INDEX tenants_by_lead ON tenants (lead_id);
-- For the sweep's questions.
CREATE INDEX tenants_by_release ON tenants (id) WHERE status = 'RELEASED' AND lead_id IS NOT NULL;
