-- Adds the rows of a live tenant that a restored control database does not know (docs/production.md, "Restore").
-- The next `provision` of the tenant repeats the attempt that its mark names, finds its own objects and completes the
-- rows. Variables of psql: tenant and attempt (of the mark, as `Worker orphans` prints them), key, email, first, last,
-- company, domain. It fails, and changes nothing, if the tenant or its key is known.
BEGIN;

INSERT INTO leads (id, email, first_name, last_name, company_name, token_expires_at, verified_at, created_at)
VALUES (:'tenant', lower(:'email'), :'first', :'last', :'company', now(), now(), now());

INSERT INTO tenants (id, lead_id, key, name, status, attempt, created_at, updated_at, expires_at)
VALUES (:'tenant', :'tenant', :'key', :'company',
        CASE WHEN :attempt = 1 THEN 'PENDING_PROVISION' ELSE 'PROVISION_FAILED' END,
        :attempt - 1, now(), now(), now() + interval '14 days');

INSERT INTO tenant_domains (tenant_id, domain, position, state) VALUES (:'tenant', lower(:'domain'), 0, 'PROVEN');

INSERT INTO tenant_contacts (tenant_id, email, first_name, last_name, is_primary, type)
VALUES (:'tenant', lower(:'email'), :'first', :'last', true, 'admin');

COMMIT;
