using Sandbox.Control;
using Testing;

namespace Worker.Tests.Support;

/// <summary>A call that makes something, and whose effect may come when nobody waits for it any more.</summary>
public enum LateCall
{
    Realm = 1,
    User,
    Schema,
    Bucket,
    Tags,
}

public static class LateCalls
{
    /// <summary>The call, when it is about this tenant.</summary>
    public static FaultRule For(this LateCall call, TestTenant tenant)
    {
        var names = tenant.Resources;
        return call switch
        {
            LateCall.Realm => new()
            {
                System = "keycloak",
                Method = "POST",
                Path = "/admin/realms",
                BodyContains = names.Realm,
            },
            LateCall.User => new()
            {
                System = "keycloak",
                Method = "POST",
                Path = $"/admin/realms/{names.Realm}/partialImport",
            },
            LateCall.Schema => new()
            {
                System = "postgres",
                Method = "COMMIT",
                BodyContains = $"CREATE SCHEMA \"{names.Schema}\"",
            },
            // The first of the calls that write to it.
            LateCall.Bucket => new() { System = "s3", Method = "PUT", Path = $"/{names.Bucket}*" },
            LateCall.Tags => new() { System = "s3", Method = "PUT", Path = $"/{names.Bucket}*", Query = "tagging*" },
            _ => throw new ArgumentOutOfRangeException(nameof(call)),
        };
    }

    /// <summary>It is sent, and takes effect when it is let go.</summary>
    public static Task<SandboxFault> HoldEffectAsync(this ProvisioningWorld world, LateCall call, TestTenant tenant) =>
        world.Control.FaultAsync(call.For(tenant) with { Kind = FaultKind.LateEffect });

    /// <summary>Lets it go, and ends when it has come to whatever end.</summary>
    public static async Task<JournalEntry> LandAsync(this ProvisioningWorld world, SandboxFault late)
    {
        await late.ReleaseAsync();
        return (await AssertMore.EventuallyAsync(
            async () => (await world.Control.CallsAsync()).SingleOrDefault(call => call.Fault == late.Id),
            call => call?.Status is not null))!;
    }

    /// <summary>Ends when somebody waits for what a transaction that is under way holds.</summary>
    public static Task SomebodyWaitsAsync(this ProvisioningWorld world) => AssertMore.EventuallyAsync(
        () => world.Postgres.ReadAsync<long>(
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """),
        waiting => waiting == 1);
}
