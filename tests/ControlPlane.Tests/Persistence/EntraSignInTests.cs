using ControlPlane.Persistence;
using Npgsql;
using Testing;

namespace ControlPlane.Tests.Persistence;

/// <summary>A real sign-in. The test's server has no TLS, so the options do not come from the settings.</summary>
public sealed class EntraSignInTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_token_is_the_password_of_the_connection()
    {
        await using var endpoint = await TokenEndpoint.StartAsync(TimeProvider.System.GetUtcNow());
        var connection = new NpgsqlConnectionStringBuilder(postgres.FunctionsConnectionString);
        (endpoint.Token, connection.Password) = (connection.Password!, null);
        await using var database = ControlDatabase.Open(
            new DatabaseOptions(connection.ConnectionString, endpoint.App()), TimeProvider.System);

        await using var command = database.CreateCommand("SELECT current_user::text");

        Assert.Equal(connection.Username, await command.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task A_refused_token_is_an_unavailable_database()
    {
        await using var endpoint = await TokenEndpoint.StartAsync(TimeProvider.System.GetUtcNow());
        endpoint.Override = (503, "{}");
        var connection = new NpgsqlConnectionStringBuilder(postgres.FunctionsConnectionString) { Password = null };
        await using var database = ControlDatabase.Open(
            new DatabaseOptions(connection.ConnectionString, endpoint.App()), TimeProvider.System);

        var error = await Assert.ThrowsAsync<NpgsqlException>(
            async () => await database.OpenConnectionAsync(Cancelled));

        Assert.Contains("answered 503", error.InnerException?.Message, StringComparison.Ordinal);
    }
}
