using System.Runtime.CompilerServices;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Systems.Novu;
using Worker.Systems.Postgres;
using Worker.Systems.S3;
using Worker.Systems.Temporal;

namespace Worker.Commands.Verify;

/// <summary>What makes a provisioning a success, each part read from the system that holds it.</summary>
/// <param name="password">The administrator's; null: the login is not tried.</param>
internal sealed class TenantVerification(CommandHost host, TenantKey key, TenantFacts facts, string? password)
{
    private readonly TenantResources resources = TenantResources.For(key);
    private readonly OwnershipMark mark = new(host.Installation, facts.Id, facts.Attempt);

    public async IAsyncEnumerable<Tick> TicksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await AskAsync(
            "workflow", null, () => WorkflowTicks.CompletedAsync(host, facts, cancellationToken));
        yield return Is("tenant", facts.Status == "ACTIVE", facts.Status);
        yield return await AskAsync("realm", ProvisioningSteps.CreateIdp, RealmAsync);
        yield return await AskAsync("client", ProvisioningSteps.CreateIdp, ClientAsync);
        yield return await AskAsync("admin user", ProvisioningSteps.CreateAdminUser, UserAsync);
        yield return await AskAsync("schema", ProvisioningSteps.ProvisionDatabase, SchemaAsync);
        yield return await AskAsync("bucket", ProvisioningSteps.ProvisionStorage, BucketAsync);
        yield return Records();
        yield return await AskAsync("login", ProvisioningSteps.CreateAdminUser, LoginAsync);
        yield return await AskAsync("welcome mail", ProvisioningSteps.SendNotification,
            () => MailTick.TriggeredAsync(host, facts, cancellationToken));
        yield return await AskAsync("no compensation", null,
            () => WorkflowTicks.NothingUndoneAsync(host, facts, cancellationToken));

        async Task<Tick> RealmAsync()
        {
            var realm = await host.Outside<KeycloakAdmin>().FindRealmAsync(resources.Realm, cancellationToken);
            string id = TenantResources.RealmId(mark.Installation, mark.Tenant, mark.Attempt).ToString("D");
            return Is("realm", realm is { Enabled: true } && realm.Id == id, realm switch
            {
                null => $"{resources.Realm} is not there",
                _ when realm.Id != id => $"{resources.Realm} is there, and is not this tenant's",
                { Enabled: not true } => $"{resources.Realm} is disabled",
                _ => resources.Realm,
            });
        }

        async Task<Tick> ClientAsync()
        {
            var client = await host.Outside<KeycloakAdmin>().FindClientAsync(
                resources.Realm, resources.Client, cancellationToken);
            return RealmTicks.Client(client, resources.Client, facts.ProvenDomains);
        }

        Task<Tick> UserAsync() => RealmTicks.AdminAsync(
            host.Outside<KeycloakAdmin>(), host.Outside<KeycloakOptions>(), resources.Realm, facts, cancellationToken);

        async Task<Tick> SchemaAsync()
        {
            var (schema, role) = await host.Outside<TenantSchemas>().FindAsync(
                resources.Schema, mark, cancellationToken);
            return Is("schema", schema && role, (schema, role) switch
            {
                (true, true) => $"{resources.Schema}, owned by its role",
                (true, false) => $"{resources.Schema} is there, its role is not",
                (false, true) => $"{resources.Schema} is not there, its role is",
                _ => $"{resources.Schema} is not there",
            });
        }

        async Task<Tick> BucketAsync()
        {
            var whose = await host.Outside<TenantBuckets>().JudgeAsync(resources.Bucket, mark, null, cancellationToken);
            return Is("bucket", whose == Ownership.Ours, whose switch
            {
                null => $"{resources.Bucket} is not there",
                Ownership.Ours => resources.Bucket,
                _ => $"{resources.Bucket} is there, and does not carry this tenant's tags",
            });
        }

        Task<Tick> LoginAsync() => password is null
            ? Task.FromResult(
                new Tick("login", TickState.NotTried, "not tried: give the password with --password-file"))
            : RealmTicks.LoginAsync(host, resources, facts, password, cancellationToken);
    }

    // Of each thing that its step has made there is a row, and it is CREATED.
    private Tick Records()
    {
        (string Step, string Record)[] expected =
        [
            (ProvisioningSteps.CreateIdp, $"keycloak_realm: {resources.Realm}"),
            (ProvisioningSteps.CreateIdp, $"keycloak_client: {resources.Client}"),
            (ProvisioningSteps.CreateAdminUser, $"keycloak_admin_user: {facts.AdminEmail}"),
            (ProvisioningSteps.ProvisionDatabase, $"database_schema: {resources.Schema}"),
            (ProvisioningSteps.ProvisionStorage, $"storage_bucket: {resources.Bucket}"),
        ];
        var missing = expected
            .Where(e => !IsSkipped(e.Step) && facts.Resources.GetValueOrDefault(e.Record) != "CREATED")
            .Select(e => e.Record)
            .ToList();
        int count = facts.Resources.Values.Count(state => state == "CREATED");
        return Is("resource records", missing.Count == 0,
            missing.Count == 0 ? $"{count} rows" : $"not CREATED: {string.Join(", ", missing)}");
    }

    private bool IsSkipped(string step) => facts.Steps.GetValueOrDefault(step) == "SKIPPED";

    private static Tick Is(string what, bool good, string detail) =>
        new(what, good ? TickState.Green : TickState.Red, detail);

    // A system that does not answer is a red tick, not the end of the others.
    private async Task<Tick> AskAsync(string what, string? step, Func<Task<Tick>> ask)
    {
        if (step is not null && IsSkipped(step))
        {
            return new Tick(what, TickState.Skipped, $"{step} is switched off");
        }

        try
        {
            return await ask();
        }
        catch (Exception e) when (e is not OperationCanceledException && CommandLine.Explain(e) is { } explanation)
        {
            return new Tick(what, TickState.Red, explanation);
        }
    }
}
