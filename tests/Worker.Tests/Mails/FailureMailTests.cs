using ControlPlane;
using ControlPlane.Provisioning;
using Testing;
using Worker.Systems;
using Worker.Tests.Support;

namespace Worker.Tests.Mails;

/// <summary>
/// The failure mail contains a code and a sentence of this product. A system's own error text is for operators: it may
/// contain names of databases, hosts and files.
/// </summary>
public sealed class FailureMailTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task The_error_text_of_a_system_is_shown_to_operators_only()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionDatabase", tenant, () => throw new Npgsql.PostgresException(
            "encoding of database \"secret\" does not fit", "ERROR", "ERROR", "22023"));

        await fixture.FailAsync(tenant);

        var attempt = (await fixture.ProgressAsync(tenant)).Attempt!;
        Assert.Equal("refused", attempt.ErrorCode);
        Assert.Contains("22023: encoding of database \"secret\"", attempt.Error, StringComparison.Ordinal);
        Assert.Equal("refused: A system that your application needs refused to do its part.", await ErrorAsync(tenant));
    }

    [Fact]
    public async Task The_error_text_of_a_full_disk_is_not_in_the_mail()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionDatabase", tenant, () => throw new Npgsql.PostgresException(
            "could not extend file \"base/16384/2619\": No space left on device", "ERROR", "ERROR", "53100"));

        await fixture.FailAsync(tenant);

        Assert.Contains("base/16384", (await fixture.ProgressAsync(tenant)).Attempt!.Error, StringComparison.Ordinal);
        Assert.Equal(
            "temporary: A system that your application needs failed several times.", await ErrorAsync(tenant));
    }

    [Fact]
    public void Each_code_has_a_sentence()
    {
        string[] codes =
        [
            .. Enum.GetValues<ErrorCode>().Select(Failures.CodeOf),
            Failures.Unavailable, Failures.Temporary, Failures.CredentialsRefused, Failures.Refused,
            Failures.TimedOut, Failures.Unexpected,
            ProvisioningFailure.Cancel("x").Code, ProvisioningFailure.RunLost("x").Code,
        ];

        Assert.All(codes, code => Assert.Matches("^[A-Z].*[.]$", CustomerNotice.Of(code).Sentence));
        Assert.All(codes, code => Assert.Matches("^[A-Z].*[.]$", CustomerNotice.Of(code).Advice));
        Assert.NotEqual(
            CustomerNotice.Of(Failures.Refused).Sentence, CustomerNotice.Of(Failures.Unavailable).Sentence);
    }

    private async Task<string?> ErrorAsync(TestTenant tenant)
    {
        var mails = await AssertMore.EventuallyAsync(
            () => fixture.Control.GetMailsAsync(tenant.SubscriberId), mails => mails.Count > 0);
        return (string?)Assert.Single(mails).Payload["error"];
    }
}
