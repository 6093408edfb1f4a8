using System.Buffers.Text;
using System.Text;
using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

/// <summary>Causes each problem of the quick start's list and checks its remedy.</summary>
public sealed class DoctorTests(InstanceFixture fixture)
{
    private const string SomeLead = "0198c0de-0000-7000-8000-000000000001";

    [Fact]
    public async Task Without_problems_every_line_is_green()
    {
        var result = (await fixture.Instance.DevAsync("doctor")).EnsureSuccess();

        Assert.DoesNotContain("✘", result.Output, StringComparison.Ordinal);
        Assert.Equal(14, result.Output.Count(character => character == '✔'));
    }

    [Theory]
    [InlineData("worker", "Start the worker", "TEMPORAL_TASK_QUEUE", "nobody-here")]
    [InlineData("namespace", "operator namespace create nowhere", "TEMPORAL_NAMESPACE", "nowhere")]
    [InlineData("Keycloak", "KEYCLOAK_URL", "KEYCLOAK_URL", "http://127.0.0.1:1")]
    [InlineData("Keycloak credentials", "KEYCLOAK_ADMIN_CLIENT_SECRET", "KEYCLOAK_ADMIN_CLIENT_SECRET", "wrong")]
    [InlineData("Novu", "NOVU_ENABLED=true", "NOVU_ENABLED", "false")]
    [InlineData("Novu", "NOVU_BACKEND_URL", "NOVU_BACKEND_URL", "http://127.0.0.1:1")]
    [InlineData("Novu", "Worker setup", "NOVU_TEMPLATE_WELCOME", "no-such-workflow")]
    [InlineData("Novu", "NOVU_API_KEY", "NOVU_API_KEY", "wrong")]
    [InlineData("object store", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "wrong")]
    [InlineData("object store", "S3_ENDPOINT", "S3_ENDPOINT", "http://127.0.0.1:1")]
    [InlineData("Temporal", "TEMPORAL_ADDRESS", "TEMPORAL_ADDRESS", "127.0.0.1:1")]
    [InlineData("control database", "DATABASE_URL", "DATABASE_URL", "postgres://nobody:x@127.0.0.1:1/nothing")]
    public async Task A_problem_is_one_red_line_with_its_remedy(
        string check, string remedy, string variable, string value)
    {
        var result = await fixture.Instance.DevWithEnvironmentAsync(
            new() { [variable] = value, ["KEYCLOAK_ADMIN_CLIENT_ID"] = "arc-saas-worker" }, "doctor");

        AssertOnlyRed(result, check, remedy);
    }

    [Fact]
    public async Task A_role_that_cannot_create_schemas_is_named_with_the_statement_that_grants_the_right()
    {
        string role = "control_plane_functions";
        string server = $"127.0.0.1:{fixture.Instance.Address("POSTGRES_PORT")}/control_plane";
        string url = $"postgres://{role}:{fixture.Instance.Secret("DEV_DB_FUNCTIONS_PASSWORD")}@{server}";

        var result = await fixture.Instance.DevWithEnvironmentAsync(new() { ["TENANT_DATABASE_URL"] = url }, "doctor");

        AssertOnlyRed(result, "right to create schemas", $"ALTER ROLE \"{role}\" CREATEROLE");
    }

    [Fact]
    public async Task An_expired_token_and_a_token_of_another_lead_are_distinguished()
    {
        string file = Path.Combine(fixture.Instance.State, "lead-token");
        await File.WriteAllTextAsync(file, Jwt(expires: 1), TestContext.Current.CancellationToken);
        var expired = await fixture.Instance.DevAsync("doctor", "--lead-token-file", file, "--lead", SomeLead);
        AssertOnlyRed(expired, "lead's token: time", "Verify the lead again");

        await File.WriteAllTextAsync(file, Jwt(expires: 4_000_000_000), TestContext.Current.CancellationToken);
        var other = await fixture.Instance.DevAsync(
            "doctor", "--lead-token-file", file, "--lead", "0198c0de-0000-7000-8000-000000000002");
        AssertOnlyRed(other, "lead's token: lead", $"Use /leads/{SomeLead}/tenants");
    }

    private static void AssertOnlyRed(CommandResult result, string check, string remedy)
    {
        Assert.Equal(1, result.ExitCode);
        string[] lines = result.Output.Split('\n');
        string red = Assert.Single(lines, line => line.StartsWith('✘'));
        Assert.StartsWith($"✘ {check} ", red, StringComparison.Ordinal);
        Assert.Contains(
            remedy, Assert.Single(lines, line => line.StartsWith("  →", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    private static string Jwt(long expires) => string.Join('.',
        Part("""{"alg":"HS256","typ":"JWT"}"""), Part($$"""{"sub":"{{SomeLead}}","exp":{{expires}}}"""), "c2ln");

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
