using Sandbox.Control;
using Temporalio.Exceptions;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>What one thing refuses keeps the sweep from no other of its kind, and is told at the end.</summary>
public sealed class ErrorCollectorTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Theory]
    [InlineData("DELETE", null)]
    [InlineData("GET", "tagging*")]
    public async Task A_bucket_that_cannot_be_deleted_or_read_keeps_no_other_from_being_deleted(
        string method, string? query)
    {
        // By name: it is the first in the list.
        var refusing = await world.GivenLeftOverAsync("a" + SandboxFixture.UniqueKey()[1..]);
        var (one, other) = (await world.GivenLeftOverAsync(), await world.GivenLeftOverAsync());
        await using (await world.Control.FaultAsync(
            refusing.BucketRefusal with { Method = method, Query = query }))
        {
            await AssertNotSweptAsync("storage_bucket");
        }

        Assert.Equal(
            (true, false, false),
            (await IsThereAsync(refusing), await IsThereAsync(one), await IsThereAsync(other)));
        Assert.Contains(world.Logs.Lines, line => line.StartsWith(
            $"Error SWEEP_FAILED storage_bucket: refused, S3 answered 403 AccessDenied. ({refusing.Resources.Bucket})",
            StringComparison.Ordinal));
        await world.SweepAsync();
        Assert.False(await IsThereAsync(refusing));
    }

    [Fact]
    public async Task Each_reason_is_told_with_what_it_kept()
    {
        var (busy, refusing) = (await world.GivenLeftOverAsync(), await world.GivenLeftOverAsync());
        await using (await world.Control.FaultAsync(Refusing(busy, 500)))
        await using (await world.Control.FaultAsync(Refusing(refusing, 403)))
        {
            await AssertNotSweptAsync("keycloak_realm");
        }

        string told = world.Logs.Lines.Last(
            line => line.Contains("SWEEP_FAILED keycloak_realm", StringComparison.Ordinal));
        Assert.Contains($"({busy.Resources.Realm})", told, StringComparison.Ordinal);
        Assert.Contains($"({refusing.Resources.Realm})", told, StringComparison.Ordinal);
        await world.SweepAsync();
        Assert.Empty(await world.Systems.OfAsync(busy));
    }

    [Fact]
    public async Task A_contact_that_Novu_does_not_give_up_keeps_no_other_from_being_erased()
    {
        var refusing = (await world.GivenLeadAsync(daysAgo: 40)).Id;
        var other = (await world.GivenLeadAsync(daysAgo: 40)).Id;
        await using (await world.Control.FaultAsync(new FaultRule
        {
            System = "novu",
            Method = "DELETE",
            Path = $"*{refusing:D}",
            Status = 403,
            Count = 0,
        }))
        {
            await AssertNotSweptAsync("contacts");
        }

        Assert.Equal((1, 0), (await CountAsync(refusing), await CountAsync(other)));
        await world.SweepAsync();
        Assert.Equal(0, await CountAsync(refusing));
    }

    private Task<bool> IsThereAsync(TestTenant tenant) => world.Systems.BucketExistsAsync(tenant.Resources.Bucket);

    private async Task AssertNotSweptAsync(string part)
    {
        var sweep = await world.StartSweepAsync();
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        Assert.Equal($"Not swept: {part}", failed.InnerException!.Message);
    }

    private static FaultRule Refusing(TestTenant tenant, int status) => new()
    {
        System = "keycloak",
        Method = "DELETE",
        Path = $"/admin/realms/{tenant.Resources.Realm}",
        Status = status,
        Count = 0,
    };

    private async Task<int> CountAsync(Guid lead) =>
        (int)await world.Postgres.ReadAsync<long>("SELECT count(*) FROM leads WHERE id = $1", lead);
}
