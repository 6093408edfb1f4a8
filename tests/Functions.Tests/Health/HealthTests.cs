using System.Net;

namespace Functions.Tests.Health;

public sealed class HealthTests(World world)
{
    [Fact]
    public async Task With_everything_there_it_is_ready()
    {
        var answer = (await world.Application.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);

        Assert.Equal("""{"status":"ready","database":"ok","temporal":"ok"}""", answer.Text);
    }

    [Theory]
    [InlineData("TEMPORAL_ADDRESS", "127.0.0.1:1", "ok", "unreachable")]
    [InlineData("TEMPORAL_ADDRESS", "", "ok", "not_configured")]
    [InlineData("TEMPORAL_NAMESPACE", "another", "ok", "namespace_missing")]
    [InlineData("DATABASE_URL", "postgres://u@127.0.0.1:1/d", "unreachable", "ok")]
    [InlineData("DATABASE_URL", "", "not_configured", "ok")]
    public async Task The_database_and_Temporal_are_told_apart(
        string setting, string value, string database, string temporal)
    {
        await using var app = world.Start((setting, value));

        var answer = (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.ServiceUnavailable);

        Assert.Equal(("unavailable", database, temporal),
            (answer.Value("status"), answer.Value("database"), answer.Value("temporal")));
        (await app.GetAsync("/health/live")).Expect(HttpStatusCode.OK);
    }
}
