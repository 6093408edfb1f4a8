using ControlPlane.Persistence;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Npgsql;

namespace ControlPlane.Tests.Persistence;

public sealed class EntraOptionsTests
{
    private const string Address = "postgres://worker@db.example/control";

    [Fact]
    public void Without_names_of_Azure_the_machine_issues_tokens() => Assert.Equal(
        new EntraOptions(
            EntraSource.Machine, new("http://169.254.169.254/metadata/identity/oauth2/token"), null, null),
        EntraOptions.From(Reader()));

    [Fact]
    public void With_an_identity_endpoint_that_endpoint_issues_tokens() => Assert.Equal(
        new EntraOptions(EntraSource.App, new("http://localhost:42356/msi/token"), "client-1", "header-1"),
        EntraOptions.From(Reader(
            ("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token"), ("IDENTITY_HEADER", "header-1"),
            ("AZURE_CLIENT_ID", "client-1"))));

    [Fact]
    public void With_a_federated_token_Microsoft_Entra_issues_tokens() => Assert.Equal(
        new EntraOptions(
            EntraSource.Workload, new("https://login.example/tenant-1/oauth2/v2.0/token"), "client-1", "/token"),
        EntraOptions.From(Reader(
            ("AZURE_FEDERATED_TOKEN_FILE", "/token"), ("AZURE_TENANT_ID", "tenant-1"),
            ("AZURE_CLIENT_ID", "client-1"), ("AZURE_AUTHORITY_HOST", "https://login.example/"),
            ("IDENTITY_ENDPOINT", "http://localhost/msi/token"))));

    [Theory]
    [InlineData("IDENTITY_ENDPOINT", "http://localhost/msi/token", "IDENTITY_HEADER")]
    [InlineData("AZURE_FEDERATED_TOKEN_FILE", "/token", "AZURE_TENANT_ID")]
    public void A_missing_part_of_a_source_is_named(string name, string value, string missing) => Assert.Equal(
        missing, Assert.Throws<MissingSettingException>(() => EntraOptions.From(Reader((name, value)))).Name);

    [Fact]
    public void A_token_is_sent_only_to_a_verified_server_by_default() => Assert.Equal(
        SslMode.VerifyFull, new NpgsqlConnectionStringBuilder(Database(Address).ConnectionString).SslMode);

    [Theory]
    [InlineData("?sslmode=disable",
        "DATABASE_URL: found the SSL mode Disable, expected Require or stricter with entra.")]
    [InlineData("?sslmode=prefer", "DATABASE_URL: found the SSL mode Prefer, expected Require or stricter with entra.")]
    [InlineData("?password=x", "DATABASE_URL: found a password, expected none with DB_AUTH=entra.")]
    public void A_token_is_not_sent_without_TLS_or_beside_a_password(string query, string message) => Assert.Equal(
        message, Assert.Throws<SettingException>(() => Database(Address + query)).Message);

    [Fact]
    public void The_tenants_database_uses_tokens_too() => Assert.NotNull(DatabaseOptions.ForTenants(Reader(
        ("DB_AUTH", "entra"), ("DATABASE_URL", Address), ("TENANT_DATABASE_URL", Address + "2"))).Entra);

    [Fact]
    public void Without_entra_no_endpoint_is_read() => Assert.Null(DatabaseOptions.From(Reader(
        ("DATABASE_URL", Address + "?sslmode=require"), ("IDENTITY_ENDPOINT", "http://localhost/msi/token"))).Entra);

    private static DatabaseOptions Database(string address) =>
        DatabaseOptions.From(Reader(("DB_AUTH", "entra"), ("DATABASE_URL", address)));

    private static SettingsReader Reader(params (string Name, string? Value)[] values) => new(
        new ConfigurationBuilder().AddInMemoryCollection(
            values.Select(value => KeyValuePair.Create(value.Name, value.Value))).Build(),
        new HostingEnvironment { EnvironmentName = "Production" });
}
