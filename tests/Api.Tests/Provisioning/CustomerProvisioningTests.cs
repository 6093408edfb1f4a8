using System.Net;
using System.Text.Json;
using ControlPlane.Provisioning;

namespace Api.Tests.Provisioning;

/// <summary>
/// The progress as the tenant's lead reads it: the product's words. Ids of steps, counts of tries, names of objects and
/// the text of outside systems are the operator's.
/// </summary>
public sealed class CustomerProvisioningTests(ApiFixture fixture)
{
    private const string Raw = "PostgreSQL answered 53100: could not extend file \"base/16384/2619\" on db-7.internal";

    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task A_lead_reads_the_steps_by_their_customer_titles()
    {
        var (tenant, jwt) = await RecordedAsync();
        await AddStepAsync(tenant, 1, "update-status", null, "DONE");
        await AddStepAsync(tenant, 2, "create-idp", "Login for your users", "DONE");
        await AddStepAsync(tenant, 3, "provision-database", "Database", "WAITING");
        await AddStepAsync(tenant, 4, "provision-infrastructure", "Servers", "SKIPPED");
        await AddStepAsync(tenant, 5, "send-notification", "Mail with your link", "PENDING");

        var shown = await ReadAsync(tenant, jwt);

        Assert.Equal(
            [("Login for your users", "DONE"), ("Database", "DELAYED"), ("Mail with your link", "PENDING")],
            StepsOf(shown));
        Assert.False(shown.GetProperty("isEnded").GetBoolean());
        Assert.Equal("The setup is about to begin.", shown.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_lead_reads_neither_the_text_of_a_system_nor_internals()
    {
        var (tenant, jwt) = await RecordedAsync();
        await AddStepAsync(tenant, 1, "create-idp", "Login for your users", "DONE", undo: "DONE");
        await AddStepAsync(tenant, 2, "provision-database", "Database", "FAILED");
        await FailAsync(tenant, "temporary");

        var shown = await ReadAsync(tenant, jwt);
        string text = shown.GetRawText();

        var notice = CustomerNotice.Of("temporary");
        Assert.Equal(
            ("temporary", notice.Sentence, notice.Advice),
            (Failure(shown, "code"), Failure(shown, "message"), Failure(shown, "advice")));
        Assert.Equal([("Login for your users", "UNDONE"), ("Database", "FAILED")], StepsOf(shown));
        Assert.True(shown.GetProperty("isEnded").GetBoolean());
        Assert.All(
            (string[])["base/16384", "db-7", "PostgreSQL", "provision-", "create-idp", "tries", "runId", "workflow"],
            part => Assert.DoesNotContain(part, text, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(
            ["applicationUrl", "failure", "isEnded", "message", "status", "steps", "tenantId"],
            shown.EnumerateObject().Select(property => property.Name).Order());
        var raw = (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", OperatorToken)).Expect(HttpStatusCode.OK);
        Assert.Equal(Raw, raw.Json.GetProperty("attempt").GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task An_ACTIVE_tenant_has_the_address_of_its_application_and_ends_with_the_mail()
    {
        var (tenant, jwt) = await RecordedAsync();
        await AddStepAsync(tenant, 1, "send-notification", "Mail with your link", "RUNNING");
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'ACTIVE' WHERE id = $1", Guid.Parse(tenant.Id));
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = 'SUCCEEDED' WHERE tenant_id = $1", Guid.Parse(tenant.Id));

        var mailing = await ReadAsync(tenant, jwt);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_steps SET state = 'PARKED' WHERE tenant_id = $1", Guid.Parse(tenant.Id));
        var ended = await ReadAsync(tenant, jwt);

        Assert.Equal($"https://{tenant.Key}.app.example.com", mailing.GetProperty("applicationUrl").GetString());
        Assert.False(mailing.GetProperty("isEnded").GetBoolean());
        Assert.True(ended.GetProperty("isEnded").GetBoolean());
    }

    [Theory]
    [InlineData("PENDING_PROVISION", false)]
    [InlineData("PROVISIONING", false)]
    [InlineData("ROLLING_BACK", false)]
    [InlineData("ROLLBACK_INCOMPLETE", true)]
    [InlineData("PROVISION_FAILED", true)]
    [InlineData("EXPIRED", true)]
    [InlineData("RELEASED", true)]
    public async Task Each_status_has_a_sentence(string status, bool isEnded)
    {
        var tenant = await app.Data.CreateTenantAsync();
        string jwt = (await app.Data.VerifyAsync(tenant.Lead)).Jwt;
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = $2 WHERE id = $1", Guid.Parse(tenant.Id), status);

        var shown = await ReadAsync(tenant, jwt);

        Assert.Equal(status, shown.GetProperty("status").GetString());
        Assert.Equal(isEnded, shown.GetProperty("isEnded").GetBoolean());
        Assert.Matches("^[A-Z].*[.]$", shown.GetProperty("message").GetString());
    }

    private static string? Failure(JsonElement shown, string name) =>
        shown.GetProperty("failure").GetProperty(name).GetString();

    private static IEnumerable<(string?, string?)> StepsOf(JsonElement shown) =>
        shown.GetProperty("steps").EnumerateArray()
            .Select(step => (step.GetProperty("title").GetString(), step.GetProperty("state").GetString()));

    private async Task<(TestTenant Tenant, string Jwt)> RecordedAsync()
    {
        var tenant = await app.Data.CreateTenantAsync();
        (await app.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), OperatorToken))
            .Expect(HttpStatusCode.Accepted);
        return (tenant, (await app.Data.VerifyAsync(tenant.Lead)).Jwt);
    }

    private async Task<JsonElement> ReadAsync(TestTenant tenant, string jwt) =>
        (await app.GetAsync($"/tenants/{tenant.Id}/provisioning", jwt)).Expect(HttpStatusCode.OK).Json;

    // A row that the worker writes when the run begins.
    private Task<int> AddStepAsync(
        TestTenant tenant, int position, string step, string? title, string state, string? undo = null) =>
        fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO provisioning_steps
                (tenant_id, attempt, position, step, title, customer_title, state, tries, error_code, error, undo_state)
            VALUES ($1, 1, $2, $3, $3, $4, $5, 3, 'temporary', $6, $7)
            """,
            Guid.Parse(tenant.Id), position, step, (object?)title ?? DBNull.Value, state, Raw,
            (object?)undo ?? DBNull.Value);

    private async Task FailAsync(TestTenant tenant, string code)
    {
        await fixture.Postgres.ExecuteAsync(
            """
            UPDATE provisioning_attempts
            SET state = 'ROLLED_BACK', failed_step = 'provision-database', error_code = $2, error = $3
            WHERE tenant_id = $1
            """,
            Guid.Parse(tenant.Id), code, Raw);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'PROVISION_FAILED' WHERE id = $1", Guid.Parse(tenant.Id));
    }
}
