using ControlPlane.Persistence;
using ControlPlane.Persistence.Entra;

namespace ControlPlane.Tests.Persistence;

/// <summary>A refused or failed request for a token is reported in one sentence with its remedy.</summary>
public sealed class EntraFailureTests : IAsyncLifetime
{
    private TokenEndpoint endpoint = null!;

    public async ValueTask InitializeAsync() =>
        endpoint = await TokenEndpoint.StartAsync(TimeProvider.System.GetUtcNow());

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Fact]
    public async Task A_wrong_identity_header_is_refused_and_not_shown()
    {
        string message = await FailureAsync(endpoint.App(header: "secret-of-another-app"));

        Assert.Equal("The token endpoint answered 401 (Unauthorized): "
            + "the identity header or the federated token was refused.", message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00000000-0000-0000-0000-000000000001")]
    public async Task An_identity_that_is_not_assigned_is_reported(string? clientId) => Assert.Equal(
        "The token endpoint answered 400 (Identity not found): "
            + "check that the identity is assigned to this app or machine and named by AZURE_CLIENT_ID.",
        await FailureAsync(endpoint.App(clientId)));

    [Theory]
    [InlineData(404, "check that the identity is assigned")]
    [InlineData(410, "the endpoint is not available")]
    [InlineData(429, "too many requests")]
    [InlineData(500, "the endpoint is not available")]
    [InlineData(503, "the endpoint is not available")]
    [InlineData(302, "an unexpected answer")]
    public async Task A_status_is_reported_with_its_remedy(int status, string remedy)
    {
        endpoint.Override = (status, "<html>");

        Assert.StartsWith($"The token endpoint answered {status} (no JSON): {remedy}",
            await FailureAsync(endpoint.Machine()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_federated_token_is_reported_in_one_line()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Equal("The token endpoint answered 401 (AADSTS70021: No match.): "
                + "the identity header or the federated token was refused.",
                await FailureAsync(endpoint.Workload(file)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{"access_token":"t"}""")]
    [InlineData("""{"access_token":"","expires_in":60}""")]
    [InlineData("""{"access_token":"t","expires_on":"1500000000"}""")]
    [InlineData("""{"access_token":"t","expires_on":"11/05/2026 15:18:31 +00:00"}""")]
    public async Task An_answer_without_a_valid_token_is_refused(string body)
    {
        endpoint.Override = (200, body);

        Assert.StartsWith("The token endpoint ", await FailureAsync(endpoint.App()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_federated_token_is_reported_without_its_path() => Assert.Equal(
        "The file of AZURE_FEDERATED_TOKEN_FILE cannot be read (FileNotFoundException).",
        await FailureAsync(endpoint.Workload("/no-such-token")));

    [Fact]
    public async Task An_endpoint_that_does_not_listen_is_named()
    {
        var options = endpoint.App();
        await endpoint.DisposeAsync();

        Assert.Equal(
            $"The token endpoint {options.Endpoint.Authority} cannot be reached.", await FailureAsync(options));
    }

    [Fact]
    public void No_text_of_the_options_contains_the_header() => Assert.DoesNotContain(
        TokenEndpoint.Header, $"{new DatabaseOptions("", endpoint.App())}", StringComparison.Ordinal);

    private static async Task<string> FailureAsync(EntraOptions options)
    {
        using var tokens = new EntraTokens(options, EntraTokens.PostgresResource, TimeProvider.System);
        return (await Assert.ThrowsAsync<EntraTokenException>(
            async () => await tokens.GetTokenAsync(TestContext.Current.CancellationToken))).Message;
    }
}
