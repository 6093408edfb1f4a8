using System.Security.Cryptography;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using EmbeddedTemporal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Testing;
using Worker.Commands;
using Worker.Hosting;
using Worker.Systems;
using Worker.Tests.Support;

namespace Worker.Tests.Hosting;

public sealed class WorkerHostTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_logs_that_it_waits_for_Temporal_and_its_namespace_and_then_runs()
    {
        int port = await FreePortAsync();
        var logs = new CollectedLogs();
        using var host = Build(logs, ("TEMPORAL_ADDRESS", $"127.0.0.1:{port}"));
        var health = host.Services.GetRequiredService<WorkerHealth>();
        await host.StartAsync(CancellationToken);
        await LoggedAsync(logs, $"Waiting for Temporal at 127.0.0.1:{port}: it cannot be reached");

        await using (await EmbeddedTemporalServer.StartAsync(new() { Port = port }, CancellationToken))
        {
            await LoggedAsync(logs, "it has no namespace arc-saas; run `setup`");
            Assert.False(health.IsServing);
        }

        await using var temporal = await EmbeddedTemporalServer.StartAsync(
            new() { Port = port, Namespaces = ["arc-saas"] }, CancellationToken);
        await LoggedAsync(logs, "Connected to Temporal namespace: arc-saas");
        await LoggedAsync(logs, "Worker state: RUNNING");
        await AssertMore.EventuallyAsync(() => Task.FromResult(health.IsServing), isServing => isServing);
        await host.StopAsync(CancellationToken);
        await LoggedAsync(logs, "Worker state: STOPPED");
        Assert.False(health.IsServing);
    }

    [Fact]
    public async Task It_logs_that_it_waits_for_the_database()
    {
        var logs = new CollectedLogs();
        using var host = Build(
            logs, ("DATABASE_URL", "Host=127.0.0.1;Port=9;Username=u;Password=pa55word;Database=d"));
        await host.StartAsync(CancellationToken);

        await LoggedAsync(logs, "Waiting for the control database: it cannot be reached");

        await host.StopAsync(CancellationToken);
        Assert.DoesNotContain("pa55word", logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_token_of_Microsoft_Entra_is_the_logged_reason()
    {
        var refused = new NpgsqlException("No password.", new EntraTokenException("The token endpoint answered 400."));

        Assert.Equal("The token endpoint answered 400.", StartupGate.ReasonOf(refused));
        Assert.Equal(("unavailable", "The token endpoint answered 400."),
            (Failures.Translate(refused).ErrorType, Failures.Translate(refused).Message));
        Assert.Equal("PostgreSQL: no token of Microsoft Entra. The token endpoint answered 400.",
            CommandLine.Explain(refused));
    }

    [Theory]
    [InlineData("TERRAFORM_BINARY", "/no/terraform", "TERRAFORM_BINARY: found a file that does not exist")]
    [InlineData("TERRAFORM_MODULES", null, "TERRAFORM_MODULES: found nothing, expected a folder with a module")]
    [InlineData("TERRAFORM_MODULES", "/", "TERRAFORM_MODULES: found a folder without a module silo, bridge, pooled")]
    [InlineData("TERRAFORM_STATE_URL", null, "TERRAFORM_STATE_URL: found nothing, expected the database")]
    [InlineData("TERRAFORM_STATE_URL", "postgres://u:p@a,b/states", "TERRAFORM_STATE_URL: found none or several hosts")]
    [InlineData("TERRAFORM_STATE_KEYS", null, "TERRAFORM_STATE_KEYS: found nothing")]
    [InlineData("TERRAFORM_PLUGIN_DIR", "/no/plugins", "TERRAFORM_PLUGIN_DIR: found a path that does not exist")]
    [InlineData("TERRAFORM_ENVIRONMENT", "ARM_NONE", "TERRAFORM_ENVIRONMENT: found 'ARM_NONE', which is not set")]
    public void Terraform_that_is_switched_on_needs_binary_modules_and_backend(string name, string? value, string line)
    {
        var settings = new Dictionary<string, string?>
        {
            ["TERRAFORM_ENABLED"] = "true",
            // Any file: it is not started here.
            ["TERRAFORM_BINARY"] = "/bin/sh",
            ["TERRAFORM_MODULES"] = Path.Combine(Testing.Commands.Root, "infra", "tenant-infrastructure", "local"),
            ["TERRAFORM_STATE_URL"] = "postgres://u:p@states.example.com/states",
            ["TERRAFORM_STATE_KEYS"] = $"s1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
        };
        Build(new CollectedLogs(), [.. settings.Select(s => (s.Key, s.Value))]).Dispose();
        settings[name] = value;

        var e = Assert.ThrowsAny<SettingException>(
            () => Build(new CollectedLogs(), [.. settings.Select(s => (s.Key, s.Value))]));

        Assert.StartsWith(line, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Terraforms_states_have_a_database_of_their_own()
    {
        var e = Assert.ThrowsAny<SettingException>(() => Build(
            new CollectedLogs(),
            ("TERRAFORM_BINARY", "/bin/sh"),
            ("TERRAFORM_MODULES", Path.Combine(Testing.Commands.Root, "infra", "tenant-infrastructure", "local")),
            ("TERRAFORM_STATE_URL", postgres.OwnerConnectionString)));

        Assert.Equal("TERRAFORM_STATE_URL: found the database of the control tables or of the tenants, expected one of "
            + "its own.", e.Message);
    }

    [Theory]
    [InlineData("TERRAFORM_ENABLED", "yes", "TERRAFORM_ENABLED: found 'yes', expected true or false")]
    [InlineData("DEPLOYMENT_ENABLED", "true", "DEPLOYMENT_ENABLED: found true, expected false")]
    [InlineData("DNS_ENABLED", "true", "DNS_ENABLED: found true, expected false")]
    [InlineData("INSTALLATION_ID", "one", "INSTALLATION_ID: found 'one', expected a UUID")]
    [InlineData("ROLLBACK_SETTLE", "-1", "ROLLBACK_SETTLE: found '-1', expected a whole number from 0 to 3600")]
    [InlineData("KEYCLOAK_URL", "keycloak", "KEYCLOAK_URL: found something that is no such address")]
    [InlineData("KEYCLOAK_ENABLED", "true", "KEYCLOAK_URL: found nothing")]
    [InlineData("TIMEOUT_SCALE", "0", "TIMEOUT_SCALE: found '0', expected a number from 0.001 to 1")]
    [InlineData("TIMEOUT_SCALE", "2", "TIMEOUT_SCALE: found '2', expected a number from 0.001 to 1")]
    [InlineData("BUCKET_PREFIX", "Acme", "BUCKET_PREFIX: found 'Acme', expected a to z")]
    [InlineData("APP_PLANE_BASE_URL", "{tenant}.example.com", "APP_PLANE_BASE_URL: found something that is no such")]
    [InlineData("APP_PLANE_BASE_URL", "https://*.example.com", "APP_PLANE_BASE_URL: found something that is no such")]
    [InlineData("APP_PLANE_BASE_URL", "https://{key}.example.com", "APP_PLANE_BASE_URL: found something that is no")]
    [InlineData("APP_PLANE_BASE_URL", "https://example.com/?t={tenant}", "APP_PLANE_BASE_URL: found something that")]
    [InlineData("TENANT_EXTRA_REDIRECT_URIS", "http://127.0.0.1:3000/* *",
        "TENANT_EXTRA_REDIRECT_URIS: found '*', expected absolute http or https addresses")]
    [InlineData("TENANT_EXTRA_REDIRECT_URIS", "http://*.localhost/*",
        "TENANT_EXTRA_REDIRECT_URIS: found 'http://*.localhost/*', expected absolute http or https addresses")]
    [InlineData("TENANT_SMTP_HOST", "mail.example.com", "TENANT_SMTP_FROM: found nothing")]
    [InlineData("S3_ENDPOINT", "http://127.0.0.1:9000", "AWS_ACCESS_KEY_ID: found nothing")]
    [InlineData("NOVU_ENABLED", "true", "NOVU_API_KEY: found nothing")]
    [InlineData("NOVU_API_KEY", "key", "PUBLIC_BASE_URL: found nothing")]
    [InlineData("HEALTH_PORT", "0", "HEALTH_PORT: found '0', expected a whole number from 1 to 65535")]
    [InlineData("TEMPORAL_ADDRESS", "nowhere", "TEMPORAL_ADDRESS: found 'nowhere', expected host:port")]
    [InlineData("WORKER_DEPLOYMENT_NAME", "arc.saas",
        "WORKER_DEPLOYMENT_NAME: found 'arc.saas', expected 1 to 63 lower-case letters")]
    [InlineData("WORKER_BUILD_ID", "a b", "WORKER_BUILD_ID: found 'a b', expected 1 to 100 letters")]
    [InlineData("INVITATION_PRIVATE_KEY", "secret", "INVITATION_PRIVATE_KEY: found 6 characters that are no such key")]
    public void An_invalid_setting_stops_the_worker_with_one_line(string name, string value, string line)
    {
        var e = Assert.ThrowsAny<SettingException>(() => Build(new CollectedLogs(), (name, value)));

        Assert.StartsWith(line, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("KEYCLOAK_ADMIN_PASSWORD")]
    [InlineData("TENANT_DATABASE_URL")]
    [InlineData("TENANT_DATABASE_URL", "the control tables'")]
    [InlineData("TENANT_DATABASE_URL", "without TLS")]
    [InlineData("KEYCLOAK_URL", "without TLS")]
    [InlineData("NOVU_BACKEND_URL", "without TLS")]
    [InlineData("S3_ENDPOINT", "without TLS")]
    [InlineData("PUBLIC_BASE_URL", "without TLS")]
    [InlineData("PAYLOAD_KEYS")]
    [InlineData("APP_PLANE_BASE_URL")]
    [InlineData("TENANT_EXTRA_REDIRECT_URIS")]
    [InlineData("TENANT_SMTP_ENCRYPTION")]
    [InlineData("NOVU_SUPPORT_EMAIL")]
    [InlineData("ROLLBACK_SETTLE")]
    [InlineData("TIMEOUT_SCALE")]
    [InlineData("KEYCLOAK_URL")]
    [InlineData("NOVU_API_KEY")]
    [InlineData("S3_ENDPOINT")]
    public void Production_refuses_weak_or_missing_settings(string name, string? fault = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["PAYLOAD_KEYS"] = $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
            ["TENANT_DATABASE_URL"] = "postgres://u:p@tenants.example.com/tenants?sslmode=require",
            ["KEYCLOAK_URL"] = "https://login.example.com",
            ["KEYCLOAK_ADMIN_CLIENT_SECRET"] = "a secret",
            ["S3_ENDPOINT"] = "https://store.example.com",
            ["AWS_ACCESS_KEY_ID"] = "key",
            ["AWS_SECRET_ACCESS_KEY"] = "a secret",
            ["NOVU_API_KEY"] = "key",
            ["NOVU_SUPPORT_EMAIL"] = "help@newcompany.com",
            ["APP_PLANE_BASE_URL"] = "https://{tenant}.newcompany.com",
            ["PUBLIC_BASE_URL"] = "https://control.newcompany.com",
            ["TENANT_SMTP_HOST"] = "mail.newcompany.com",
            ["TENANT_SMTP_FROM"] = "no-reply@newcompany.com",
            ["TERRAFORM_ENABLED"] = "false",
            ["TOKEN_KEYS"] = $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
        };
        settings[name] = name switch
        {
            "KEYCLOAK_ADMIN_PASSWORD" => "admin",
            // Shorter than a call to Keycloak may take: a call could take effect after the final readings.
            "ROLLBACK_SETTLE" => "10",
            "TENANT_SMTP_ENCRYPTION" => "none",
            "TENANT_EXTRA_REDIRECT_URIS" => "http://127.0.0.1:3000/*",
            "TIMEOUT_SCALE" => "0.5",
            "TENANT_DATABASE_URL" when fault == "without TLS" => "postgres://u:p@tenants.example.com/tenants",
            _ when fault == "without TLS" => "http://other.example.com",
            "TENANT_DATABASE_URL" when fault is not null => postgres.OwnerConnectionString,
            _ => null,
        };

        var e = Assert.ThrowsAny<SettingException>(() => Build(
            new CollectedLogs(), Environments.Production, [.. settings.Select(s => (s.Key, s.Value))]));

        Assert.Equal(name, e.Name);
        Assert.DoesNotContain("admin'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KEYCLOAK_URL", "KEYCLOAK_ENABLED", "found nothing, expected an address of Keycloak")]
    [InlineData("NOVU_API_KEY", "NOVU_ENABLED", "found nothing, expected Novu's secret key")]
    [InlineData("S3_ENDPOINT", "S3_ENABLED", "found nothing, expected the address of an object store")]
    [InlineData("TERRAFORM_STATE_URL", "TERRAFORM_ENABLED", "found nothing, expected the database of")]
    public void Production_runs_without_a_system_only_if_it_is_switched_off_in_so_many_words(
        string name, string enabled, string expected)
    {
        (string Name, string? Value)[] others =
        [
            .. new[] { "KEYCLOAK_ENABLED", "NOVU_ENABLED", "S3_ENABLED", "TERRAFORM_ENABLED" }.Except([enabled])
                .Select(other => (other, (string?)"false")),
            ("PAYLOAD_KEYS", $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"),
            ("TENANT_DATABASE_URL", "postgres://u:p@tenants.example.com/tenants?sslmode=require"),
        ];

        var e = Assert.ThrowsAny<SettingException>(
            () => Build(new CollectedLogs(), Environments.Production, others));
        using var host = Build(new CollectedLogs(), Environments.Production, [.. others, (enabled, "false")]);

        Assert.StartsWith($"{name}: {expected}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{enabled}=false", e.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["keycloak", "s3", "secrets", "novu", "infrastructure", "deployment", "dns"],
            host.Services.GetRequiredService<SystemsOff>().Systems.Select(system => system.Id));
    }

    [Fact]
    public void Mails_require_the_token_keys()
    {
        var e = Assert.ThrowsAny<SettingException>(() => Build(
            new CollectedLogs(), ("NOVU_API_KEY", "key"), ("PUBLIC_BASE_URL", "https://control.example.com")));

        Assert.Equal("TOKEN_KEYS", e.Name);
    }

    [Fact]
    public async Task It_starts_with_every_outside_system_disabled()
    {
        var logs = new CollectedLogs();
        await using var temporal = await EmbeddedTemporalServer.StartAsync(
            new() { Namespaces = ["arc-saas"] }, CancellationToken);
        using var host = Build(logs, ("TEMPORAL_ADDRESS", temporal.Address));

        await host.StartAsync(CancellationToken);

        await LoggedAsync(logs, "Worker state: RUNNING");
        await host.StopAsync(CancellationToken);
        Assert.Contains("Keycloak is switched off (KEYCLOAK_ENABLED, ", logs.Text, StringComparison.Ordinal);
        Assert.Contains("S3 is switched off (S3_ENABLED, ", logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal)
            || line.StartsWith("Critical", StringComparison.Ordinal));
    }

    // A port of a server that has just stopped: nothing listens there now.
    private static async Task<int> FreePortAsync()
    {
        await using var server = await EmbeddedTemporalServer.StartAsync(new(), CancellationToken);
        return server.Port;
    }

    private IHost Build(CollectedLogs logs, params (string Name, string? Value)[] changes) =>
        Build(logs, Environments.Development, changes);

    private IHost Build(CollectedLogs logs, string environment, params (string Name, string? Value)[] changes)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["INSTALLATION_ID"] = ProvisioningFixture.Installation.ToString("D"),
            ["DATABASE_URL"] = postgres.OwnerConnectionString,
            ["TEMPORAL_ADDRESS"] = "127.0.0.1:9",
        });
        configuration.AddInMemoryCollection(changes.Select(c => KeyValuePair.Create(c.Name, c.Value)));
        var builder = WorkerHost.CreateBuilder(new HostApplicationBuilderSettings
        {
            Configuration = configuration,
            EnvironmentName = environment,
        }).AddWorker();
        builder.Logging.ClearProviders().AddProvider(logs);
        return builder.Build();
    }

    private static Task LoggedAsync(CollectedLogs logs, string line) => AssertMore.EventuallyAsync(() =>
    {
        Assert.Contains(line, logs.Text, StringComparison.Ordinal);
        return Task.CompletedTask;
    });
}
