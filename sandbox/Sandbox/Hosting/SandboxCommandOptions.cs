using System.CommandLine;
using System.Net;
using Sandbox.Keycloak;
using Sandbox.Novu;
using Sandbox.S3;
using static Sandbox.Hosting.EnvironmentOption;

namespace Sandbox.Hosting;

/// <summary>The options of the command line, and their mapping to <see cref="SandboxOptions"/>.</summary>
internal sealed class SandboxCommandOptions
{
    private readonly Option<int> keycloakPort = Port("keycloak", 8080);
    private readonly Option<int> s3Port = Port("s3", 9000);
    private readonly Option<int> novuPort = Port("novu", 3000);
    private readonly Option<int> temporalPort = Port("temporal", 7233);
    private readonly Option<int> postgresPort = Port("postgres", 6432);
    private readonly Option<bool> noKeycloak = new("--no-keycloak") { Description = "Does not start Keycloak." };
    private readonly Option<bool> noS3 = new("--no-s3") { Description = "Does not start S3." };
    private readonly Option<bool> noNovu = new("--no-novu") { Description = "Does not start Novu." };
    private readonly Option<bool> noTemporal = new("--no-temporal") { Description = "Does not start Temporal." };

    private readonly Option<Uri?> keycloakUpstream = Upstream("keycloak", "Keycloak");
    private readonly Option<Uri?> s3Upstream = Upstream("s3", "S3");
    private readonly Option<DnsEndPoint?> postgresUpstream = Endpoint(
        "--postgres-upstream", "HOST:PORT of a real PostgreSQL, proxied with faults and journal.");

    private readonly Option<IPAddress?> listen = Listener(
        "--listen", "IP address on which Keycloak, S3 and Novu listen, for a container; default: 127.0.0.1.");

    private readonly Option<string?> data = Text(
        "--data", "SANDBOX_DATA", "Folder for the state; by default, the state is kept in memory only.");

    private readonly Option<string?> adminUsername = Text(
        "--keycloak-admin", "KEYCLOAK_ADMIN_USERNAME", "Name of Keycloak's administrator; default: admin.");

    private readonly Option<string?> adminPassword = Text(
        "--keycloak-password", "KEYCLOAK_ADMIN_PASSWORD", "Password of Keycloak's administrator; default: admin.");

    private readonly Option<S3Flavour> flavour = new("--s3-flavour")
    {
        Description = "The S3 server to play; default: Aws.",
    };

    private readonly Option<string?> region = Text(
        "--s3-region", "AWS_REGION", "The region that signatures must name; default: us-east-1.");

    private readonly Option<S3Account[]> accounts = new("--s3-account")
    {
        Description = "ACCESSKEY:SECRETKEY:ACCOUNT, with an account of twelve digits; repeatable, once per owner of " +
            "buckets; default: one account. [AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY]",
        CustomParser = ParseAccounts,
    };

    private readonly Option<string?> apiKey = Text(
        "--novu-api-key", "NOVU_API_KEY", "The API key that callers of Novu must send.");

    private readonly Option<bool> rateLimits = new("--novu-rate-limits")
    {
        Description = "Applies the rate limits of Novu's cloud.",
    };

    private readonly Option<string[]> namespaces = new("--temporal-namespace")
    {
        Description = "A Temporal namespace that exists from the start; repeatable; default: 'default'.",
    };

    public Option<string?> ReadyFile { get; } =
        Text("--ready-file", "SANDBOX_READY_FILE", "File for the addresses as JSON, written once all parts listen.");

    public IEnumerable<Option> All =>
    [
        keycloakPort, s3Port, novuPort, temporalPort, postgresPort, noKeycloak, noS3, noNovu, noTemporal,
        keycloakUpstream, s3Upstream, postgresUpstream, listen, data, ReadyFile,
        adminUsername, adminPassword, flavour, region, accounts, apiKey, rateLimits, namespaces,
    ];

    public SandboxOptions Bind(ParseResult parsed)
    {
        var defaults = new SandboxOptions();
        return new SandboxOptions
        {
            KeycloakPort = parsed.GetValue(noKeycloak) ? null : parsed.GetValue(keycloakPort),
            S3Port = parsed.GetValue(noS3) ? null : parsed.GetValue(s3Port),
            NovuPort = parsed.GetValue(noNovu) ? null : parsed.GetValue(novuPort),
            TemporalPort = parsed.GetValue(noTemporal) ? null : parsed.GetValue(temporalPort),
            Listen = parsed.GetValue(listen) ?? defaults.Listen,
            KeycloakUpstream = parsed.GetValue(keycloakUpstream),
            S3Upstream = parsed.GetValue(s3Upstream),
            PostgresUpstream = parsed.GetValue(postgresUpstream),
            PostgresPort = parsed.GetValue(postgresPort),
            DataDirectory = ValueOf(parsed, data),
            Keycloak = new KeycloakOptions
            {
                AdminUsername = ValueOf(parsed, adminUsername) ?? defaults.Keycloak.AdminUsername,
                AdminPassword = ValueOf(parsed, adminPassword) ?? defaults.Keycloak.AdminPassword,
            },
            S3 = new S3Options
            {
                Flavour = parsed.GetValue(flavour),
                Region = ValueOf(parsed, region) ?? defaults.S3.Region,
                Accounts = parsed.GetValue(accounts) is { Length: > 0 } owners ? owners : [EnvironmentAccount()],
            },
            Novu = new NovuOptions
            {
                ApiKey = ValueOf(parsed, apiKey) ?? defaults.Novu.ApiKey,
                RateLimits = parsed.GetValue(rateLimits),
            },
            TemporalNamespaces = parsed.GetValue(namespaces) is { Length: > 0 } names
                ? names
                : defaults.TemporalNamespaces,
        };
    }

    // The variables have the names of the control plane's settings, so that one environment serves both.
    private static S3Account EnvironmentAccount() => S3Options.DefaultAccount with
    {
        AccessKey = Variable("AWS_ACCESS_KEY_ID") ?? S3Options.DefaultAccount.AccessKey,
        SecretKey = Variable("AWS_SECRET_ACCESS_KEY") ?? S3Options.DefaultAccount.SecretKey,
    };
}
