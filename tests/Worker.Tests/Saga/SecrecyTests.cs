using System.Text;
using ControlPlane;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// Histories hold ids only. The original kept passwords and addresses in them, readable for everybody.
/// </summary>
public sealed class SecrecyTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task Histories_hold_no_secret_and_no_personal_data()
    {
        var (active, failed) = await GivenBothEndsAsync();

        var histories = await world.HistoriesAsync(active);

        // What the failure says is only there to be read once it is decrypted.
        var failure = histories.Single(history => history.WorkflowId == $"provision-tenant-{failed.Id}");
        Assert.Contains("A sentence to look for.", failure.Decrypted, StringComparison.Ordinal);
        Assert.DoesNotContain("A sentence to look for.", failure.Stored, StringComparison.Ordinal);
        foreach (string secret in Secrets(active).Concat(Secrets(failed)))
        {
            Assert.All(histories, history =>
                Assert.DoesNotContain(secret, history.Text, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Logs_hold_no_secret_and_no_address()
    {
        var (active, failed) = await GivenBothEndsAsync();
        string token = await world.InvitationTokenAsync(active, mail: 1);

        Assert.Contains($"Creating admin user: tenant {active.Id}", world.Logs.Text, StringComparison.Ordinal);
        Assert.Contains("A sentence to look for.", world.Logs.Text, StringComparison.Ordinal);
        foreach (string secret in Secrets(active).Concat(Secrets(failed)).Append(token))
        {
            Assert.DoesNotContain(secret, world.Logs.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Payloads_and_failures_are_encrypted()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.Before("ProvisionDatabase", tenant, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "A sentence to look for."));
        await world.FailAsync(tenant);

        string json = (await world.Temporal
            .GetWorkflowHandle($"provision-tenant-{tenant.Id}").FetchHistoryAsync()).ToJson();

        Assert.Contains(Convert.ToBase64String("binary/encrypted"u8), json, StringComparison.Ordinal);
        Assert.DoesNotContain("A sentence to look for.", json, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Convert.ToBase64String(Encoding.UTF8.GetBytes("\"json/plain\"")), json, StringComparison.Ordinal);
    }

    private async Task<(TestTenant Active, TestTenant Failed)> GivenBothEndsAsync()
    {
        var (active, failed) = (await world.GivenTenantAsync(), await world.GivenTenantAsync());
        world.Hooks.Before("CreateResources", failed, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "A sentence to look for."));
        await (await world.StartAsync(active)).GetResultAsync();
        await world.FailAsync(failed);
        return (active, failed);
    }

    private IEnumerable<string> Secrets(TestTenant tenant) =>
    [
        tenant.Email,
        ProvisioningWorld.LastName,
        world.Sandbox.Options.Novu.ApiKey,
        ContractServers.S3Account.SecretKey,
        "for tests only",
        "PRIVATE KEY",
        "eyJhbGciOi",
    ];
}
