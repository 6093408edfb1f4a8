-- The name of a step for the customer, written by the worker like its title. The customer does not see a step without
-- one. Rows of earlier versions get theirs here.
ALTER TABLE provisioning_steps ADD COLUMN customer_title text;
UPDATE provisioning_steps AS s SET customer_title = t.title
FROM (VALUES
    ('create-idp', 'Login for your users'),
    ('create-admin-user', 'Account of your administrator'),
    ('provision-database', 'Database'),
    ('provision-storage', 'File storage'),
    ('provision-infrastructure', 'Servers'),
    ('deploy-application', 'Application'),
    ('configure-dns', 'Internet address'),
    ('activate-tenant', 'Opening of the workspace'),
    ('send-notification', 'Mail with your link')) AS t (step, title)
WHERE s.step = t.step;
