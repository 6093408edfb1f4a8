using System.Text;
using ControlPlane;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// Histories contain only ids. The original kept passwords and addresses in them, readable by all users.
/// </summary>
public sealed class SecrecyTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task Histories_hold_no_secret_and_no_personal_data()
    {
        var (active, failed) = await GivenActiveAndFailedAsync();

        var histories = await fixture.HistoriesAsync(active);

        // The failure's text is readable only after decryption.
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
    public async Task Logs_contain_no_secret_and_no_address()
    {
        var (active, failed) = await GivenActiveAndFailedAsync();
        string token = await fixture.InvitationTokenAsync(active, mail: 1);

        Assert.Contains($"Creating admin user: tenant {active.Id}", fixture.Logs.Text, StringComparison.Ordinal);
        Assert.Contains("A sentence to look for.", fixture.Logs.Text, StringComparison.Ordinal);
        foreach (string secret in Secrets(active).Concat(Secrets(failed)).Append(token))
        {
            Assert.DoesNotContain(secret, fixture.Logs.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Payloads_and_failures_are_encrypted()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionDatabase", tenant, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "A sentence to look for."));
        await fixture.FailAsync(tenant);

        string json = (await fixture.Temporal
            .GetWorkflowHandle($"provision-tenant-{tenant.Id}").FetchHistoryAsync()).ToJson();

        Assert.Contains(Convert.ToBase64String("binary/encrypted"u8), json, StringComparison.Ordinal);
        Assert.DoesNotContain("A sentence to look for.", json, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Convert.ToBase64String(Encoding.UTF8.GetBytes("\"json/plain\"")), json, StringComparison.Ordinal);
    }

    private async Task<(TestTenant Active, TestTenant Failed)> GivenActiveAndFailedAsync()
    {
        var (active, failed) = (await fixture.GivenTenantAsync(), await fixture.GivenTenantAsync());
        fixture.Hooks.Before("CreateResources", failed, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "A sentence to look for."));
        await (await fixture.StartAsync(active)).GetResultAsync();
        await fixture.FailAsync(failed);
        return (active, failed);
    }

    private IEnumerable<string> Secrets(TestTenant tenant) =>
    [
        tenant.Email,
        ProvisioningFixture.LastName,
        fixture.Sandbox.Options.Novu.ApiKey,
        ContractServers.S3Account.SecretKey,
        "for tests only",
        "PRIVATE KEY",
        "eyJhbGciOi",
    ];
}
