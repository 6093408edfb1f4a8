using Sandbox.Control;
using Testing;

namespace Worker.Tests.Support;

public static class CreationCalls
{
    /// <summary>A rule that matches the call for this tenant.</summary>
    public static FaultRule RuleFor(this CreationCall call, TestTenant tenant)
    {
        var names = tenant.Resources;
        return call switch
        {
            CreationCall.Realm => new()
            {
                System = "keycloak",
                Method = "POST",
                Path = "/admin/realms",
                BodyContains = names.Realm,
            },
            CreationCall.User => new()
            {
                System = "keycloak",
                Method = "POST",
                Path = $"/admin/realms/{names.Realm}/partialImport",
            },
            CreationCall.Schema => new()
            {
                System = "postgres",
                Method = "COMMIT",
                BodyContains = $"CREATE SCHEMA \"{names.Schema}\"",
            },
            // Matches the first call that writes to the bucket.
            CreationCall.Bucket => new() { System = "s3", Method = "PUT", Path = $"/{names.Bucket}*" },
            CreationCall.Tags => new()
            {
                System = "s3",
                Method = "PUT",
                Path = $"/{names.Bucket}*",
                Query = "tagging*",
            },
            _ => throw new ArgumentOutOfRangeException(nameof(call)),
        };
    }

    /// <summary>Delays the effect of the call until <see cref="LandAsync"/>.</summary>
    public static Task<SandboxFault> HoldEffectAsync(
        this ProvisioningFixture fixture, CreationCall call, TestTenant tenant) =>
        fixture.Control.SetFaultAsync(call.RuleFor(tenant) with { Kind = FaultKind.LateEffect });

    /// <summary>Releases a delayed effect and waits until its call has ended, with success or failure.</summary>
    public static async Task<JournalEntry> LandAsync(this ProvisioningFixture fixture, SandboxFault late)
    {
        await late.ReleaseAsync();
        return (await AssertMore.EventuallyAsync(
            async () => (await fixture.Control.GetCallsAsync()).SingleOrDefault(call => call.Fault == late.Id),
            call => call?.Status is not null))!;
    }

    /// <summary>Waits until a session is blocked by a row of a running transaction.</summary>
    public static Task WaitUntilBlockedAsync(this ProvisioningFixture fixture) => AssertMore.EventuallyAsync(
        () => fixture.Postgres.ReadAsync<long>(
            """
            SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'transactionid' AND NOT granted AND datname = current_database()
            """),
        waiting => waiting == 1);
}
