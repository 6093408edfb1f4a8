using EndToEnd.Tests.Support;
using Sandbox.Control;
using Testing;

namespace EndToEnd.Tests;

/// <summary>What exists of a tenant, by HTTP and by command.</summary>
public sealed class ResidueTests(RunningInstance running)
{
    [Fact]
    public async Task What_a_live_tenant_has_is_shown_and_is_no_residue()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();

        var residue = await customer.CallAsync(
            HttpMethod.Get, $"/tenants/{customer.TenantId}/residue", customer.OperatorToken, null);
        var said = (await running.Instance.DevAsync("residue", key)).AndSucceeded();

        Assert.True(residue["isClean"]!.GetValue<bool>());
        Assert.All(
            residue["systems"]!.AsArray().Take(3), system => Assert.Equal("READ", Customer.Text(system!, "state")));
        Assert.Contains(
            $"✔ s3                     storage_bucket tenant-{key}-files: live, attempt 1", said.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "– dns                    not built yet: nothing is known", said.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"admin@{key}.com", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_undo_cannot_delete_is_named_until_it_can()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(running.Instance.S3);
        await using var tagging = await sandbox.FaultAsync(Refused("PUT", key) with { Query = "tagging*" });
        Said left;
        await using (var deleting = await sandbox.FaultAsync(Refused("DELETE", key)))
        {
            await customer.ProvisionAsync();
            await deleting.HitAsync();
            left = await running.Instance.DevAsync("residue", key);
        }

        await AssertMore.EventuallyAsync(customer.ProgressAsync,
            progress => Customer.Text(progress, "status") == "PROVISION_FAILED", TimeSpan.FromMinutes(2));
        var gone = (await running.Instance.DevAsync("residue", key)).AndSucceeded();

        Assert.Equal(1, left.ExitCode);
        Assert.Contains(
            $"✘ s3                     storage_bucket tenant-{key}-files: left over from attempt 1", left.Output,
            StringComparison.Ordinal);
        Assert.Contains("✔ s3                     nothing is there", gone.Output, StringComparison.Ordinal);
    }

    private static FaultRule Refused(string method, string key) => new()
    {
        System = "s3",
        Method = method,
        Path = $"/tenant-{key}-files*",
        Status = 403,
        Count = 0,
        ContentType = "application/xml",
        Body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
    };
}
