using EndToEnd.Tests.Support;
using Sandbox.Control;
using Testing;

namespace EndToEnd.Tests;

public sealed class CrashTests(InstanceFixture fixture)
{
    [Fact]
    public async Task After_a_worker_is_killed_mid_saga_the_next_worker_completes_the_saga()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(fixture.Instance.Novu);
        await using var schemas = await SchemaCreationLog.StartAsync(fixture.Instance, key);
        long before = await LastCallNumberAsync(sandbox);
        // The worker is killed while it waits for the creation of the bucket, so the answer is lost.
        await using var fault = await sandbox.SetFaultAsync(BucketCreationOf(key) with { Kind = FaultKind.LateEffect });
        await customer.ProvisionAsync();
        await fault.WaitForHitsAsync();

        await fixture.Instance.KillAsync("worker");
        await fault.ReleaseAsync();
        await fixture.Instance.UpAsync();

        await customer.WaitForActiveAsync();
        await AssertCreatedOnceAsync(sandbox, before, schemas, key);
    }

    [Fact]
    public async Task After_outside_systems_are_killed_mid_saga_they_recover_and_the_saga_completes()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(fixture.Instance.Novu);
        await using var schemas = await SchemaCreationLog.StartAsync(fixture.Instance, key);
        long before = await LastCallNumberAsync(sandbox);
        // Keycloak, Temporal, S3 and Novu are all killed during the creation of the bucket.
        await using var fault = await sandbox.SetFaultAsync(BucketCreationOf(key) with { Kind = FaultKind.Hang });
        await customer.ProvisionAsync();
        await fault.WaitForHitsAsync();

        foreach (string part in Instance.OutsideParts)
        {
            await fixture.Instance.KillAsync(part);
        }

        await fixture.Instance.UpAsync();

        await customer.WaitForActiveAsync();
        await AssertCreatedOnceAsync(sandbox, before, schemas, key);
    }

    private static FaultRule BucketCreationOf(string key) =>
        new() { System = "s3", Method = "PUT", Path = $"/tenant-{key}-files*" };

    private static async Task<long> LastCallNumberAsync(SandboxControl sandbox) =>
        (await sandbox.GetCallsAsync()).Max(call => call.Number);

    // Counts the effects in the outside systems.
    private static async Task AssertCreatedOnceAsync(
        SandboxControl sandbox, long before, SchemaCreationLog schemas, string key)
    {
        var effects = (await sandbox.GetCallsAsync()).Where(call => call.Number > before && call.Effect).ToList();
        // The journal has no bodies, so the creation of any realm counts; only this tenant is provisioned meanwhile.
        Assert.Single(effects, call => call is { Method: "POST", Path: "/admin/realms" });
        var calls = effects.Where(call => call.Path.Contains($"tenant-{key}", StringComparison.Ordinal)).ToList();
        Assert.Single(calls, call => call.Path == $"/admin/realms/tenant-{key}/partialImport");
        Assert.Single(
            calls, call => call is { Method: "PUT", Query: "" } && call.Path.TrimEnd('/') == $"/tenant-{key}-files");
        Assert.DoesNotContain(calls, call => call.Method == "DELETE");
        Assert.Equal([$"tenant_{key}"], await schemas.ReadAsync());
        var mails = await sandbox.GetMailsToAsync($"admin@{key}.com");
        Assert.Equal(["tenant-welcome"], mails.Select(mail => mail.WorkflowId));
    }
}
