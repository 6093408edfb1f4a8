using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Hosting;

public sealed class LeaderLeaseTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    // A host that is cut off from the network closes no connection: PostgreSQL must probe it with keepalives.
    [Fact]
    public async Task The_session_that_holds_the_lease_has_TCP_keepalives() =>
        await AssertMore.EventuallyAsync(async () => Assert.Contains("tcp_keepalives_idle",
            await fixture.Postgres.ReadAsync<string>(
                """
                SELECT query FROM pg_stat_activity JOIN pg_locks USING (pid)
                WHERE locktype = 'advisory' AND datname = current_database()
                """),
            StringComparison.Ordinal));
}
