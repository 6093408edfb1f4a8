using System.Net;
using ControlPlane;

namespace Api.Tests.Health;

public sealed class HealthTests(ApiFixture fixture)
{
    [Fact]
    public async Task With_all_dependencies_it_is_ready()
    {
        var answer = (await fixture.Application.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);

        Assert.Equal(
            """{"status":"ready","database":"ok","temporal":"ok","clientAddress":"known","payloadKeys":[]}""",
            answer.Text);
    }

    [Fact]
    public async Task The_version_is_told_without_any_setting()
    {
        await using var app = fixture.StartApplication(("DATABASE_URL", ""), ("TEMPORAL_ADDRESS", ""));

        var answer = (await app.GetAsync("/health/live")).Expect(HttpStatusCode.OK);

        Assert.Equal($$"""{"status":"alive","version":"{{ProductVersion.Current}}"}""", answer.Text);
        Assert.Contains(app.Log.All, line => line.Contains(
            $"Version {ProductVersion.Current}, for a database with migration", StringComparison.Ordinal));
    }

    // An id alone would not show that two processes have different keys of one id.
    [Fact]
    public async Task The_payload_keys_are_named_by_id_and_hash_with_the_current_one_first()
    {
        await using var app = fixture.StartApplication(("PAYLOAD_KEYS",
            "p2:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=,p1:MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));

        var answer = (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.OK);

        Assert.Matches("\"payloadKeys\":\\[\"p2:[0-9a-f]{8}\",\"p1:[0-9a-f]{8}\"\\]", answer.Text);
        Assert.DoesNotContain("MDEy", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TEMPORAL_ADDRESS", "127.0.0.1:1", "ok", "unreachable")]
    [InlineData("TEMPORAL_ADDRESS", "", "ok", "not_configured")]
    [InlineData("TEMPORAL_NAMESPACE", "another", "ok", "namespace_missing")]
    [InlineData("DATABASE_URL", "postgres://u@127.0.0.1:1/d", "unreachable", "ok")]
    [InlineData("DATABASE_URL", "", "not_configured", "ok")]
    public async Task The_database_and_Temporal_are_reported_separately(
        string setting, string value, string database, string temporal)
    {
        await using var app = fixture.StartApplication((setting, value));

        var answer = (await app.GetAsync("/health/ready")).Expect(HttpStatusCode.ServiceUnavailable);

        Assert.Equal(("unavailable", database, temporal),
            (answer.GetString("status"), answer.GetString("database"), answer.GetString("temporal")));
        (await app.GetAsync("/health/live")).Expect(HttpStatusCode.OK);
    }
}
