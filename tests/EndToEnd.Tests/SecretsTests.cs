using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

public sealed class SecretsTests(InstanceFixture fixture)
{
    private const string Password = "only-this-test-knows-it-7aA";

    [Fact]
    public async Task No_token_password_or_key_is_in_a_log_a_history_or_the_database()
    {
        var customer = new Customer(fixture, TenantKeys.New());
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();
        var link = await customer.ReadInvitationAsync();
        await customer.CallAsync(HttpMethod.Post, "/invitations/accept", null,
            $$"""{ "token": "{{link.Fragment.TrimStart('#')}}", "password": "{{Password}}" }""");
        await customer.CallAsync(HttpMethod.Get, $"/tenants/{customer.TenantId}/residue", customer.OperatorToken, null);

        var text = await ReadAllSourcesAsync(customer);

        var secrets = await SecretsAsync(customer, link);
        Assert.Empty(secrets.SelectMany(s => text.SourcesOf(s.Value).Select(source => $"{s.Key} in {source}")));
    }

    // A source that was not read contains no secret either, so each one is checked for a text that it must contain.
    private async Task<PersistedText> ReadAllSourcesAsync(Customer customer)
    {
        string invitation = await InvitationIdAsync(customer.TenantId);
        var text = new PersistedText();
        await AssertMore.EventuallyAsync(async () =>
        {
            text = await PersistedText.ReadAsync(fixture.Instance);
            Assert.Contains("log worker.log", text.SourcesOf($"Creating admin user: tenant {customer.TenantId}"));
            Assert.Contains("log functions.log", text.SourcesOf($"Tenant {customer.TenantId}: attempt 1 has run "));
            Assert.Contains(
                text.SourcesOf($"provision-tenant-{customer.TenantId}"),
                source => source.StartsWith("file temporal.db", StringComparison.Ordinal));
            Assert.Equal(
                ["decrypted ProvisionTenant"],
                text.SourcesOf($$"""{"tenantId":"{{customer.TenantId}}","attempt":1}"""));
            Assert.Equal(["decrypted AcceptInvitation"], text.SourcesOf($$"""{"invitationId":"{{invitation}}","""));
            Assert.Contains("decrypted ReadResidue", text.SourcesOf(customer.TenantId));
            Assert.Contains("table leads", text.SourcesOf(customer.LeadId));
            Assert.All(
                ["table tenants", "table provisioning_attempts", "table resources", "table invitations"],
                table => Assert.Contains(table, text.SourcesOf(customer.TenantId)));
        });
        return text;
    }

    private async Task<Dictionary<string, string>> SecretsAsync(Customer customer, Uri link)
    {
        var secrets = new Dictionary<string, string>
        {
            ["validation token"] = customer.ValidationToken,
            ["lead's JWT"] = customer.LeadJwt,
            ["operator's token"] = customer.OperatorToken,
            ["invitation's token"] = link.Fragment.TrimStart('#'),
            ["admin's password"] = Password,
            ["operator's password"] = await ReadAsync("operator-password"),
            ["worker's secret"] = await ReadAsync("keycloak-worker-secret"),
        };
        foreach (var (name, value) in fixture.Instance.Pairs("env").Where(pair => pair.Key != "INSTALLATION_ID"))
        {
            secrets[name] = value.Split(':')[^1];
        }

        return secrets;
    }

    private async Task<string> InvitationIdAsync(string tenantId)
    {
        string sql = $"COPY (SELECT id FROM invitations WHERE tenant_id = '{tenantId}') TO STDOUT";
        return (await fixture.Instance.DevAsync("sql", sql)).EnsureSuccess().Output.Trim();
    }

    private async Task<string> ReadAsync(string file) => (await File.ReadAllTextAsync(
        Path.Combine(fixture.Instance.State, file), TestContext.Current.CancellationToken)).Trim();
}
