-- For the filters of the list of tenants: text_pattern_ops serves equality and a common beginning, in any collation.
CREATE INDEX tenants_by_key ON tenants (key text_pattern_ops);
CREATE INDEX tenants_by_status ON tenants (status, created_at, id);
CREATE INDEX tenants_by_words_of_name ON tenants USING gin (to_tsvector('simple', name));
CREATE INDEX tenant_domains_by_domain ON tenant_domains (domain text_pattern_ops);
CREATE INDEX tenant_contacts_by_email ON tenant_contacts (lower(email) text_pattern_ops);
CREATE INDEX provisioning_attempts_by_tier ON provisioning_attempts (tier);
-- Few attempts are in these states at any time.
CREATE INDEX provisioning_attempts_in_progress ON provisioning_attempts (state)
    WHERE state IN ('RECORDED', 'RUNNING', 'ROLLING_BACK');
