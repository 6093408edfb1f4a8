-- When the failure mail of the attempt was sent: however often its rollback is gone on with, there is one.
ALTER TABLE provisioning_attempts ADD COLUMN failure_mail_at timestamptz;
