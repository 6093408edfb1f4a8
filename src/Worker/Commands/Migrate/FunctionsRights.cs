namespace Worker.Commands.Migrate;

/// <summary>
/// The rights of the functions' role: those that the statements of the functions need, and no other. A test compares
/// them with the statements that the functions execute. A right that only the version before needs stays for a release,
/// since its functions run beside the new tables.
/// </summary>
internal static class FunctionsRights
{
    /// <param name="role">The quoted name of the role.</param>
    /// <returns>Statements that replace the role's rights, to be executed in one transaction.</returns>
    public static string ToSql(string role) =>
        $"""
        GRANT USAGE ON SCHEMA public TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role};
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};

        GRANT SELECT ON audit_events, idempotent_answers, invitations, leads, provisioning_attempts, provisioning_steps,
            residue, resources, sealed_passwords, sealing_keys, system_findings, system_readings, tenant_connections,
            tenant_contacts, tenant_domains, tenants
            TO {role};
        GRANT SELECT (name) ON schema_migrations TO {role};

        GRANT INSERT (tenant_id, event, actor, actor_sub, actor_name, route, outcome, network)
            ON audit_events TO {role};
        GRANT INSERT (key_hash, body_hash, claim, claimed_until, expires_at) ON idempotent_answers TO {role};
        GRANT INSERT (id, tenant_id, expires_at, created_at) ON invitations TO {role};
        GRANT INSERT (id, email, first_name, last_name, company_name, country, street, city, state, zip,
            token_generation, token_expires_at, created_at) ON leads TO {role};
        GRANT INSERT (tenant_id, attempt, state, subscription, subscription_hash, tier, recorded_at)
            ON provisioning_attempts TO {role};
        GRANT INSERT (invitation_id, generation, key_id, sealed, expires_at) ON sealed_passwords TO {role};
        GRANT INSERT (tenant_id, email, first_name, last_name, is_primary, type) ON tenant_contacts TO {role};
        GRANT INSERT (tenant_id, domain, position, state) ON tenant_domains TO {role};
        GRANT INSERT (id, lead_id, key, name, status, created_at, updated_at, expires_at) ON tenants TO {role};

        GRANT UPDATE (body_hash, claim, claimed_until, answer, expires_at) ON idempotent_answers TO {role};
        GRANT UPDATE (token_generation, token_expires_at, verified_at) ON leads TO {role};
        GRANT UPDATE (state, run_id, failed_step, error_code, error, cancelled) ON provisioning_attempts TO {role};
        GRANT UPDATE (state, error_code, error, ended_at, next_try_at) ON provisioning_steps TO {role};
        GRANT UPDATE (generation, key_id, sealed, expires_at) ON sealed_passwords TO {role};
        GRANT UPDATE (state) ON tenant_domains TO {role};
        GRANT UPDATE (status, attempt, updated_at, released_by) ON tenants TO {role};

        GRANT DELETE ON idempotent_answers, sealed_passwords TO {role};
        """;
}
