-- The worker alone writes the steps of an attempt, with the title that people read. Rows of earlier versions get theirs
-- here; a row without a title is shown by its id.
ALTER TABLE provisioning_steps ADD COLUMN title text;
UPDATE provisioning_steps AS s SET title = t.title
FROM (VALUES
    ('update-status', 'Update Status'),
    ('create-idp', 'Create IdP'),
    ('create-admin-user', 'Create Admin User'),
    ('provision-database', 'Provision Database'),
    ('provision-storage', 'Provision Storage'),
    ('provision-infrastructure', 'Provision Infrastructure'),
    ('deploy-application', 'Deploy Application'),
    ('configure-dns', 'Configure DNS'),
    ('create-resources', 'Create Resources'),
    ('activate-tenant', 'Activate Tenant'),
    ('send-notification', 'Send Notification')) AS t (step, title)
WHERE s.step = t.step;

-- The worker also writes one row for each outside system of a reading, before it asks them: the functions know no system
-- by name. A row that stays as it was written is a system that did not answer in time.
ALTER TABLE system_readings DROP CONSTRAINT system_readings_state_check;
ALTER TABLE system_readings ADD CONSTRAINT system_readings_state_check
    CHECK (state IN ('READ', 'UNREADABLE', 'NOT_CONFIGURED', 'NOT_BUILT'));
ALTER TABLE system_readings ADD COLUMN position smallint NOT NULL DEFAULT 0;
-- Null until the system answers; read_at is then when it was asked.
ALTER TABLE system_readings ADD COLUMN answered_at timestamptz;
