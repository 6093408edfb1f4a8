using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Hosting;

public sealed class LeaderLeaseTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    // A host that is cut off from the network says nothing: PostgreSQL must ask whether it is still there.
    [Fact]
    public async Task The_session_that_holds_the_turn_is_asked_for_a_sign_of_life() =>
        await AssertMore.EventuallyAsync(async () => Assert.Contains("tcp_keepalives_idle",
            await world.Postgres.ReadAsync<string>(
                """
                SELECT query FROM pg_stat_activity JOIN pg_locks USING (pid)
                WHERE locktype = 'advisory' AND datname = current_database()
                """),
            StringComparison.Ordinal));
}
