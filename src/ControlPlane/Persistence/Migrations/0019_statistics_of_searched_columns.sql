-- A common beginning matches a few rows of many. With the default of 100 sampled values the planner takes it for a
-- hundredth of the table as soon as one sampled value matches, and then reads a whole table for it.
ALTER TABLE tenants ALTER COLUMN key SET STATISTICS 1000;
ALTER TABLE tenant_domains ALTER COLUMN domain SET STATISTICS 1000;
ALTER INDEX tenant_contacts_by_email ALTER COLUMN 1 SET STATISTICS 1000;
