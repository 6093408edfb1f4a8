-- Who did what: each act of an operator, and each change of a tenant's or an attempt's state. Rows are only added.
-- Decision 0009 says why they are chained in a table of their own.
CREATE TABLE audit_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- No reference: an act may name a tenant that does not exist, and the row outlives the tenant.
    tenant_id  uuid,
    attempt    integer,
    event      text NOT NULL CHECK (event IN ('ACT_BEGUN', 'ACT_ENDED', 'TENANT_STATE', 'ATTEMPT_STATE')),
    -- DATABASE: a statement that no process of the control plane has announced, with the name of its role.
    actor      text NOT NULL CHECK (actor IN ('OPERATOR', 'LEAD', 'WORKER', 'DATABASE')),
    actor_sub  text,
    actor_name text,
    -- The route, or the workflow and its activity.
    route      text,
    -- The state before; null for acts and new rows.
    previous   text,
    -- BEGUN, the answer's status and code, or the new state.
    outcome    text NOT NULL,
    network    text,
    -- The database's clock: no process chooses the time of its row.
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX audit_events_of_tenant ON audit_events (tenant_id, id);

-- The chain: each hash covers its row and the hash before.
CREATE TABLE audit_seals (
    position  bigint PRIMARY KEY,
    event_id  bigint NOT NULL UNIQUE,
    hash      bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Rows that the worker has yet to chain. No foreign keys: their check would need the right to update the rows.
CREATE TABLE audit_unsealed (event_id bigint PRIMARY KEY);

CREATE FUNCTION audit_enqueue() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_unsealed (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_enqueue AFTER INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_enqueue();

-- Also for the owner and for superusers, and under session_replication_role.
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_events ENABLE ALWAYS TRIGGER audit_refuse_change;
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER audit_refuse_change;
REVOKE UPDATE, DELETE, TRUNCATE ON audit_events, audit_seals FROM CURRENT_USER;

-- The actor is announced in the transaction (AuditActor). A change by hand is recorded as well.
-- It writes with its owner's rights, so that the functions' role cannot add a change that did not happen.
CREATE FUNCTION audit_state() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    actor jsonb := nullif(current_setting('control_plane.actor', true), '')::jsonb;
    tenant uuid;
    number integer;
    before text;
    after text;
BEGIN
    IF TG_TABLE_NAME = 'tenants' THEN
        IF TG_OP <> 'INSERT' THEN
            tenant := OLD.id; number := OLD.attempt; before := OLD.status; after := 'DELETED';
        END IF;
        IF TG_OP <> 'DELETE' THEN
            tenant := NEW.id; number := NEW.attempt; after := NEW.status;
        END IF;
    ELSE
        IF TG_OP <> 'INSERT' THEN
            tenant := OLD.tenant_id; number := OLD.attempt; before := OLD.state; after := 'DELETED';
        END IF;
        IF TG_OP <> 'DELETE' THEN
            tenant := NEW.tenant_id; number := NEW.attempt; after := NEW.state;
        END IF;
    END IF;
    INSERT INTO public.audit_events
        (tenant_id, attempt, event, actor, actor_sub, actor_name, route, previous, outcome, network)
    VALUES (tenant, number, CASE TG_TABLE_NAME WHEN 'tenants' THEN 'TENANT_STATE' ELSE 'ATTEMPT_STATE' END,
        coalesce(actor ->> 'kind', 'DATABASE'), actor ->> 'sub',
        CASE WHEN actor IS NULL THEN session_user::text ELSE actor ->> 'name' END,
        actor ->> 'route', before, after, actor ->> 'network');
    RETURN NULL;
END $$;
CREATE TRIGGER audit_added AFTER INSERT OR DELETE ON tenants FOR EACH ROW EXECUTE FUNCTION audit_state();
CREATE TRIGGER audit_changed AFTER UPDATE ON tenants FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION audit_state();
CREATE TRIGGER audit_added AFTER INSERT OR DELETE ON provisioning_attempts
    FOR EACH ROW EXECUTE FUNCTION audit_state();
CREATE TRIGGER audit_changed AFTER UPDATE ON provisioning_attempts FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION audit_state();
