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
        using var sandbox = new SandboxControl(running.Instance.S3);
        // The bucket is being made when the worker dies; the answer is lost with it.
        await using var fault = await sandbox.FaultAsync(MakingTheBucketOf(key) with { Kind = FaultKind.LateEffect });
        await customer.ProvisionAsync();
        await fault.HitAsync();

        await running.Instance.KillAsync("worker");
        await fault.ReleaseAsync();
        await running.Instance.UpAsync();

        await customer.IsActiveAsync();
        await EachThingWasMadeOnceAsync(sandbox, key);
    }

    [Fact]
    public async Task Outside_systems_killed_in_the_middle_of_the_saga_come_back_with_all_they_knew()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(running.Instance.S3);
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
        await EachThingWasMadeOnceAsync(sandbox, key);
    }

    private static FaultRule MakingTheBucketOf(string key) =>
        new() { System = "s3", Method = "PUT", Path = $"/tenant-{key}-files*" };

    // By the journal of the systems themselves: what changed the world, and how often.
    private static async Task EachThingWasMadeOnceAsync(SandboxControl sandbox, string key)
    {
        var calls = (await sandbox.CallsAsync(key)).Where(call => call.Effect).ToList();
        Assert.Single(calls, call => call is { Method: "PUT", Query: "" } && call.Path.TrimEnd('/') == $"/tenant-{key}-files");
        Assert.Single(calls, call => call is { Method: "POST" } && call.Path == $"/admin/realms/tenant-{key}/partialImport");
        Assert.DoesNotContain(calls, call => call.Method == "DELETE");
    }
}
