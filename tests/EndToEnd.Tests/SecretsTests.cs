using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

public sealed class SecretsTests(RunningInstance running)
{
    private const string Password = "only-this-test-knows-it-7aA";

    [Fact]
    public async Task No_token_password_or_key_is_in_a_log_a_history_or_the_database()
    {
        var customer = new Customer(running, Keys.New());
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();
        var link = await customer.InvitationAsync();
        await customer.CallAsync(HttpMethod.Post, "/invitations/accept", null,
            $$"""{ "token": "{{link.Fragment.TrimStart('#')}}", "password": "{{Password}}" }""");
        await customer.CallAsync(HttpMethod.Get, $"/tenants/{customer.TenantId}/residue", customer.OperatorToken, null);

        var places = await WhenAllIsReadAsync(customer);

        var secrets = await SecretsAsync(customer, link);
        Assert.Empty(secrets.SelectMany(s => places.Holding(s.Value).Select(place => $"{s.Key} in {place}")));
    }

    // A place that was not read holds no secret either: each is asked for what is known to stand there.
    private async Task<Places> WhenAllIsReadAsync(Customer customer)
    {
        string invitation = await InvitationIdAsync(customer.TenantId);
        var places = new Places();
        await AssertMore.EventuallyAsync(async () =>
        {
            places = await Places.ReadAsync(running.Instance);
            Assert.Contains("log worker.log", places.Holding($"Creating admin user: tenant {customer.TenantId}"));
            Assert.Contains("log functions.log", places.Holding($"Tenant {customer.TenantId}: attempt 1 has run "));
            Assert.Contains(
                places.Holding($"provision-tenant-{customer.TenantId}"),
                place => place.StartsWith("file temporal.db", StringComparison.Ordinal));
            Assert.Equal(
                ["decrypted ProvisionTenant"],
                places.Holding($$"""{"tenantId":"{{customer.TenantId}}","attempt":1}"""));
            Assert.Equal(["decrypted AcceptInvitation"], places.Holding($$"""{"invitationId":"{{invitation}}","""));
            Assert.Contains("decrypted ReadResidue", places.Holding(customer.TenantId));
            Assert.Contains("table leads", places.Holding(customer.LeadId));
            Assert.All(
                ["table tenants", "table provisioning_attempts", "table resources", "table invitations"],
                table => Assert.Contains(table, places.Holding(customer.TenantId)));
        });
        return places;
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
        foreach (var (name, value) in running.Instance.Pairs("env").Where(pair => pair.Key != "INSTALLATION_ID"))
        {
            secrets[name] = value.Split(':')[^1];
        }

        return secrets;
    }

    private async Task<string> InvitationIdAsync(string tenantId)
    {
        string sql = $"COPY (SELECT id FROM invitations WHERE tenant_id = '{tenantId}') TO STDOUT";
        return (await running.Instance.DevAsync("sql", sql)).AndSucceeded().Output.Trim();
    }

    private async Task<string> ReadAsync(string file) => (await File.ReadAllTextAsync(
        Path.Combine(running.Instance.State, file), TestContext.Current.CancellationToken)).Trim();
}
