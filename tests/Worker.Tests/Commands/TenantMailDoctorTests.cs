using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Testing;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Commands;

/// <summary>The check of <c>doctor</c> for the sender of tenants' realms.</summary>
public sealed class TenantMailDoctorTests
{
    [Fact]
    public async Task Without_a_sender_it_says_what_is_off_and_is_no_problem()
    {
        var result = await CheckAsync();

        Assert.Equal(DoctorResult.Off("tenants' realms send no mail: password reset and invitations of colleagues are "
            + "off (TENANT_SMTP_HOST)"), result);
    }

    [Fact]
    public async Task A_sender_that_answers_is_named()
    {
        await using var sink = new MailSink();

        var result = await CheckAsync(SettingsOf(sink.Port));

        Assert.Null(result.Remedy);
        Assert.StartsWith($"127.0.0.1:{sink.Port} answers", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_that_is_away_is_a_problem()
    {
        int port = FreePort.Find();

        var result = await CheckAsync(SettingsOf(port));

        Assert.Equal($"127.0.0.1:{port} cannot be reached from here", result.Message);
        Assert.Contains("TENANT_SMTP_HOST", result.Remedy, StringComparison.Ordinal);
    }

    private static (string, string?)[] SettingsOf(int port) =>
    [
        ("TENANT_SMTP_HOST", "127.0.0.1"), ("TENANT_SMTP_PORT", port.ToString(CultureInfo.InvariantCulture)),
        ("TENANT_SMTP_FROM", "no-reply@example.com"),
    ];

    private static async Task<DoctorResult> CheckAsync(params (string Name, string? Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)));
        await using var host = new CommandHost(new CommandContext(OutsideSystems.All)
        {
            Host = new HostApplicationBuilderSettings
            {
                Configuration = configuration,
                DisableDefaults = true,
                EnvironmentName = Environments.Development,
            },
        });
        return await KeycloakDoctorChecks.For(host).Single(check => check.Name == "tenants' mail")
            .RunAsync(TestContext.Current.CancellationToken);
    }
}
