using EndToEnd.Tests.Support;
using Sandbox.Control;
using Testing;

namespace EndToEnd.Tests;

public sealed class CrashTests(RunningInstance running)
{
    [Fact]
    public async Task A_worker_killed_in_the_middle_of_the_saga_is_followed_by_one_that_ends_it()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(running.Instance.Novu);
        await using var schemas = await MadeSchemas.WatchAsync(running.Instance, key);
        long before = await LastCallAsync(sandbox);
        // The bucket is being made when the worker dies; the answer is lost with it.
        await using var fault = await sandbox.FaultAsync(MakingTheBucketOf(key) with { Kind = FaultKind.LateEffect });
        await customer.ProvisionAsync();
        await fault.HitAsync();

        await running.Instance.KillAsync("worker");
        await fault.ReleaseAsync();
        await running.Instance.UpAsync();

        await customer.IsActiveAsync();
        await EachThingWasMadeOnceAsync(sandbox, before, schemas, key);
    }

    [Fact]
    public async Task Outside_systems_killed_in_the_middle_of_the_saga_come_back_with_all_they_knew()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(running.Instance.Novu);
        await using var schemas = await MadeSchemas.WatchAsync(running.Instance, key);
        long before = await LastCallAsync(sandbox);
        // Keycloak, Temporal, S3 and Novu all die while the bucket is being made.
        await using var fault = await sandbox.FaultAsync(MakingTheBucketOf(key) with { Kind = FaultKind.Hang });
        await customer.ProvisionAsync();
        await fault.HitAsync();

        foreach (string part in Instance.OutsideParts)
        {
            await running.Instance.KillAsync(part);
        }

        await running.Instance.UpAsync();

        await customer.IsActiveAsync();
        await EachThingWasMadeOnceAsync(sandbox, before, schemas, key);
    }

    private static FaultRule MakingTheBucketOf(string key) =>
        new() { System = "s3", Method = "PUT", Path = $"/tenant-{key}-files*" };

    private static async Task<long> LastCallAsync(SandboxControl sandbox) =>
        (await sandbox.CallsAsync()).Max(call => call.Number);

    // By the systems themselves: what changed the world, and how often.
    private static async Task EachThingWasMadeOnceAsync(
        SandboxControl sandbox, long before, MadeSchemas schemas, string key)
    {
        var effects = (await sandbox.CallsAsync()).Where(call => call.Number > before && call.Effect).ToList();
        // The name of a realm that is created stands in the body: of all tenants there is this one.
        Assert.Single(effects, call => call is { Method: "POST", Path: "/admin/realms" });
        var calls = effects.Where(call => call.Path.Contains($"tenant-{key}", StringComparison.Ordinal)).ToList();
        Assert.Single(calls, call => call.Path == $"/admin/realms/tenant-{key}/partialImport");
        Assert.Single(
            calls, call => call is { Method: "PUT", Query: "" } && call.Path.TrimEnd('/') == $"/tenant-{key}-files");
        Assert.DoesNotContain(calls, call => call.Method == "DELETE");
        Assert.Equal([$"tenant_{key}"], await schemas.ListAsync());
        var mails = await sandbox.MailsToAsync($"admin@{key}.com");
        Assert.Equal(["tenant-welcome"], mails.Select(mail => mail.WorkflowId));
    }
}
