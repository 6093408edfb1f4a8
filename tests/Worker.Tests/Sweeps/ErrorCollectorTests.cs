using Sandbox.Control;
using Temporalio.Exceptions;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>An object that fails does not stop the sweep of the others, and is reported at the end.</summary>
public sealed class ErrorCollectorTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Theory]
    [InlineData("DELETE", null)]
    [InlineData("GET", "tagging*")]
    public async Task The_other_buckets_are_deleted_when_one_cannot_be_deleted_or_read(
        string method, string? query)
    {
        // Its name makes it the first in the list.
        var refusing = await fixture.GivenLeftOverAsync("a" + SandboxFixture.UniqueKey()[1..]);
        var (one, other) = (await fixture.GivenLeftOverAsync(), await fixture.GivenLeftOverAsync());
        await using (await fixture.Control.SetFaultAsync(
            refusing.BucketRefusal with { Method = method, Query = query }))
        {
            await AssertNotSweptAsync("storage_bucket");
        }

        Assert.Equal(
            (true, false, false),
            (await BucketExistsAsync(refusing), await BucketExistsAsync(one), await BucketExistsAsync(other)));
        Assert.Contains(fixture.Logs.Lines, line => line.StartsWith(
            "Error SWEEP_FAILED storage_bucket: refused, S3 answered 400 InvalidRequest. "
            + $"({refusing.Resources.Bucket})",
            StringComparison.Ordinal));
        await fixture.SweepAsync();
        Assert.False(await BucketExistsAsync(refusing));
    }

    [Fact]
    public async Task Each_reason_is_logged_with_its_objects()
    {
        var (busy, refusing) = (await fixture.GivenLeftOverAsync(), await fixture.GivenLeftOverAsync());
        await using (await fixture.Control.SetFaultAsync(Refusing(busy, 500)))
        await using (await fixture.Control.SetFaultAsync(Refusing(refusing, 403)))
        {
            await AssertNotSweptAsync("keycloak_realm");
        }

        string line = fixture.Logs.Lines.Last(
            logged => logged.Contains("SWEEP_FAILED keycloak_realm", StringComparison.Ordinal));
        Assert.Contains($"({busy.Resources.Realm})", line, StringComparison.Ordinal);
        Assert.Contains($"({refusing.Resources.Realm})", line, StringComparison.Ordinal);
        await fixture.SweepAsync();
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(busy));
    }

    [Fact]
    public async Task The_other_contacts_are_erased_when_Novu_refuses_one()
    {
        var refusing = (await fixture.GivenLeadAsync(daysAgo: 40)).Id;
        var other = (await fixture.GivenLeadAsync(daysAgo: 40)).Id;
        await using (await fixture.Control.SetFaultAsync(new FaultRule
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
        await fixture.SweepAsync();
        Assert.Equal(0, await CountAsync(refusing));
    }

    private Task<bool> BucketExistsAsync(TestTenant tenant) =>
        fixture.Systems.BucketExistsAsync(tenant.Resources.Bucket);

    private async Task AssertNotSweptAsync(string part)
    {
        var sweep = await fixture.StartSweepAsync();
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
        (int)await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM leads WHERE id = $1", lead);
}
