using ControlPlane;
using ControlPlane.Provisioning;
using Testing;
using Worker.Mails;
using Worker.Systems;
using Worker.Tests.Support;

namespace Worker.Tests.Mails;

/// <summary>
/// What the customer reads is a code and a sentence of ours. What a system said is the operator's: names of databases,
/// hosts and files are in it.
/// </summary>
public sealed class FailureMailTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task What_a_system_said_is_told_to_the_operator_alone()
    {
        var tenant = await world.GivenTenantAsync();
        await using var forbidden = await world.ForbidSchemasAsync();

        await world.FailAsync(tenant);

        string database = await world.Postgres.ReadAsync<string>("SELECT current_database()::text");
        var attempt = (await world.ProgressAsync(tenant)).Attempt!;
        Assert.Equal("refused", attempt.ErrorCode);
        Assert.Contains($"42501: permission denied for database {database}", attempt.Error, StringComparison.Ordinal);
        Assert.Equal("refused: A system that your application needs refused to do its part.", await ErrorAsync(tenant));
    }

    [Fact]
    public async Task Nor_is_a_full_disk()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.Before("ProvisionDatabase", tenant, () => throw new Npgsql.PostgresException(
            "could not extend file \"base/16384/2619\": No space left on device", "ERROR", "ERROR", "53100"));

        await world.FailAsync(tenant);

        Assert.Contains("base/16384", (await world.ProgressAsync(tenant)).Attempt!.Error, StringComparison.Ordinal);
        Assert.Equal(
            "unavailable: A system that your application needs could not be reached.", await ErrorAsync(tenant));
    }

    [Fact]
    public void Each_code_has_a_sentence()
    {
        string[] codes =
        [
            .. Enum.GetValues<ErrorCode>().Select(Failures.CodeOf),
            Failures.Unavailable, Failures.Refused, Failures.TimedOut, Failures.Unexpected,
            ProvisioningFailure.Cancel("x").Code, ProvisioningFailure.RunLost("x").Code,
        ];

        Assert.All(codes, code => Assert.Matches("^[A-Z].*[.]$", FailureSentence.Of(code)));
        Assert.NotEqual(FailureSentence.Of(Failures.Refused), FailureSentence.Of(Failures.Unavailable));
    }

    private async Task<string?> ErrorAsync(TestTenant tenant)
    {
        var mails = await AssertMore.EventuallyAsync(
            () => world.Control.MailsAsync(tenant.SubscriberId), mails => mails.Count > 0);
        return (string?)Assert.Single(mails).Payload["error"];
    }
}
