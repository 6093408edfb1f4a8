using EndToEnd.Tests.Support;
using Sandbox.Control;
using Testing;

namespace EndToEnd.Tests;

/// <summary>The residue of a tenant, over HTTP and by command.</summary>
public sealed class ResidueTests(InstanceFixture fixture)
{
    [Fact]
    public async Task The_objects_of_a_live_tenant_are_listed_and_are_no_residue()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();

        var residue = await customer.CallAsync(
            HttpMethod.Get, $"/tenants/{customer.TenantId}/residue", customer.OperatorToken, null);
        var result = (await fixture.Instance.DevAsync("residue", key)).EnsureSuccess();

        Assert.True(residue["isClean"]!.GetValue<bool>());
        Assert.All(
            residue["systems"]!.AsArray().Take(3), system => Assert.Equal("READ", Customer.Text(system!, "state")));
        Assert.Contains(
            $"✔ s3                     storage_bucket tenant-{key}-files: live, attempt 1", result.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "– dns                    not built yet: nothing is known", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"admin@{key}.com", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_an_undo_cannot_delete_is_listed_until_it_is_deleted()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(fixture.Instance.S3);
        await using var tagging = await sandbox.SetFaultAsync(
            Refusal("PUT", key, 400, "InvalidTag") with { Query = "tagging*" });
        CommandResult left;
        await using (var deleting = await sandbox.SetFaultAsync(Refusal("DELETE", key, 403, "AccessDenied")))
        {
            await customer.ProvisionAsync();
            await deleting.WaitForHitsAsync();
            left = await fixture.Instance.DevAsync("residue", key);
        }

        await AssertMore.EventuallyAsync(customer.ReadProgressAsync,
            progress => Customer.Text(progress, "status") == "PROVISION_FAILED", TimeSpan.FromMinutes(2));
        var gone = (await fixture.Instance.DevAsync("residue", key)).EnsureSuccess();

        Assert.Equal(1, left.ExitCode);
        Assert.Contains(
            $"✘ s3                     storage_bucket tenant-{key}-files: left over from attempt 1", left.Output,
            StringComparison.Ordinal);
        Assert.Contains("✔ s3                     nothing is there", gone.Output, StringComparison.Ordinal);
    }

    private static FaultRule Refusal(string method, string key, int status, string code) => new()
    {
        System = "s3",
        Method = method,
        Path = $"/tenant-{key}-files*",
        Status = status,
        Count = 0,
        ContentType = "application/xml",
        Body = $"<Error><Code>{code}</Code><Message>Refused</Message></Error>",
    };
}
