using ControlPlane.Leads;
using ControlPlane.Persistence;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Npgsql;

namespace ControlPlane.Tests.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void An_empty_value_counts_as_missing() => Assert.Throws<MissingSettingException>(() =>
        Reader("Development", ("JWT_SECRET", "")).Require("JWT_SECRET", "x"));

    [Fact]
    public void An_invalid_flag_reports_the_found_and_the_expected_value() => Assert.Equal(
        "NOVU_ENABLED: found 'yes', expected true or false.",
        Assert.Throws<SettingException>(() => Reader("Development", ("NOVU_ENABLED", "yes"))
            .Flag("NOVU_ENABLED", false)).Message);

    [Theory]
    [InlineData("70000")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("many")]
    public void A_number_outside_its_range_is_refused(string text) => Assert.Throws<SettingException>(() =>
        Reader("Development", ("PORT", text)).Number("PORT", 14000, 1, 65535));

    [Fact]
    public void A_database_is_read_from_its_address()
    {
        var options = DatabaseOptions.From(Reader("Development",
            ("DATABASE_URL", "postgres://us%40er:p%3Aw@db.example:5433/control?sslmode=require")));

        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        Assert.Equal(("db.example", 5433, "us@er", "p:w", "control", SslMode.Require),
            (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database,
                connection.SslMode));
    }

    [Fact]
    public void A_database_is_read_from_its_parts()
    {
        var options = DatabaseOptions.From(Reader("Development",
            ("DB_HOST", "db.example"), ("DB_USER", "user"), ("DB_PASSWORD", "pw"), ("DB_DATABASE", "control")));

        Assert.Equal(5432, new NpgsqlConnectionStringBuilder(options.ConnectionString).Port);
    }

    [Theory]
    [InlineData("postgres://user:secret@/")]
    [InlineData("postgres://user:secret@host/db?nonsense=1")]
    [InlineData("nonsense=secret")]
    public void An_invalid_database_address_is_refused_and_not_quoted(string text)
    {
        var error = Assert.Throws<SettingException>(() => DatabaseOptions.Parse("DATABASE_URL", text));

        Assert.StartsWith("DATABASE_URL: found ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_Production_tenants_require_a_separate_database() => Assert.Equal("TENANT_DATABASE_URL",
        Assert.Throws<MissingSettingException>(() => DatabaseOptions.ForTenants(
            Reader("Production", ("DATABASE_URL", "postgres://u@h/d")))).Name);

    [Theory]
    [InlineData("postgres://u@h/d?sslmode=require", "postgres://v@h:5432/d?sslmode=verify-full")]
    [InlineData("postgres://u@a,b/d?sslmode=require",
        "postgres://v@b/d?target_session_attrs=read-write&sslmode=require")]
    [InlineData("postgres://d@a?sslmode=require", "Host=a;Database=d;Username=x;SSL Mode=Require")]
    public void In_Production_the_control_database_is_recognized_in_other_words(string control, string tenants) =>
        Assert.Equal("TENANT_DATABASE_URL", Assert.Throws<SettingException>(() => DatabaseOptions.ForTenants(
            Reader("Production", ("DATABASE_URL", control), ("TENANT_DATABASE_URL", tenants)))).Name);

    [Theory]
    [InlineData("postgres://u@h/d")]
    [InlineData("postgres://u@h/d?sslmode=prefer")]
    [InlineData("postgres://u@127.0.0.1,h/d")]
    [InlineData("Host=h;Database=d;Username=u")]
    [InlineData("postgres://u@127.0.0.1.example.com/d")]
    public void In_Production_a_database_without_TLS_is_refused(string address)
    {
        (string, string?) database = ("DATABASE_URL", address);

        var error = Assert.Throws<SettingException>(() => DatabaseOptions.From(Reader("Production", database)));

        Assert.Equal("DATABASE_URL: found the SSL mode Prefer, expected sslmode=require or stricter in Production, or "
            + "ALLOW_INSECURE_CONNECTIONS=true.", error.Message);
        Assert.NotNull(DatabaseOptions.From(Reader("Production", database, ("ALLOW_INSECURE_CONNECTIONS", "true"))));
        Assert.NotNull(DatabaseOptions.From(Reader("Staging", database)));
    }

    [Theory]
    [InlineData("postgres://u@h/d?sslmode=require")]
    [InlineData("postgres://u@h/d?sslmode=verify-full")]
    [InlineData("postgres://u@127.0.0.1:5433/d")]
    [InlineData("postgres://u@localhost,[::1]:6/d")]
    [InlineData("postgres:///d?host=/var/run/postgresql&user=u")]
    public void In_Production_a_database_with_TLS_or_on_this_machine_is_accepted(string address) =>
        Assert.NotNull(DatabaseOptions.From(Reader("Production", ("DATABASE_URL", address))));

    [Fact]
    public void In_Production_a_database_of_parts_is_reached_with_TLS() => Assert.Equal(SslMode.Require,
        new NpgsqlConnectionStringBuilder(DatabaseOptions.From(Reader("Production",
            ("DB_HOST", "db.example"), ("DB_USER", "user"), ("DB_PASSWORD", "pw"), ("DB_DATABASE", "control")))
            .ConnectionString).SslMode);

    [Theory]
    [InlineData("Production", "http://login.example.com", null, false)]
    [InlineData("Production", "http://login.example.com", "true", true)]
    [InlineData("Production", "http://login.example.com", "false", false)]
    [InlineData("Production", "http://127.0.0.1:8080", null, true)]
    [InlineData("Production", "http://127.0.0.1.example.com", null, false)]
    [InlineData("Production", "https://login.example.com", null, true)]
    [InlineData("Staging", "http://login.example.com", null, true)]
    public void In_Production_an_address_for_secrets_has_TLS_or_is_on_this_machine(
        string environment, string address, string? allow, bool isAccepted)
    {
        var reader = Reader(environment, ("KEYCLOAK_URL", address), ("ALLOW_INSECURE_CONNECTIONS", allow));

        Assert.Equal(
            isAccepted
                ? null
                : "KEYCLOAK_URL: found an http address, expected https in Production, or "
                    + "ALLOW_INSECURE_CONNECTIONS=true.",
            Record.Exception(() => reader.RequireSecureUrl("KEYCLOAK_URL"))?.Message);
    }

    [Fact]
    public void In_Production_payload_keys_are_required() => Assert.Equal("PAYLOAD_KEYS",
        Assert.Throws<MissingSettingException>(() => TemporalOptions.From(
            Reader("Production", ("TEMPORAL_ADDRESS", "localhost:7233")))).Name);

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData(":7233")]
    [InlineData("localhost:99999")]
    [InlineData("http://localhost:7233")]
    [InlineData("localhost:7233/")]
    [InlineData("localhost:+7233")]
    [InlineData("user@localhost:7233")]
    [InlineData("local host:7233")]
    [InlineData("::1:7233")]
    [InlineData("*:7233")]
    public void A_malformed_Temporal_address_is_refused(string text) => Assert.Throws<SettingException>(() =>
        TemporalOptions.From(Reader("Development", ("TEMPORAL_ADDRESS", text))));

    [Theory]
    [InlineData("localhost:7233")]
    [InlineData("temporal_frontend:7233")]
    [InlineData("prod.a1b2c.tmprl.cloud:7233")]
    [InlineData("10.0.0.7:7233")]
    [InlineData("[::1]:7233")]
    public void A_valid_Temporal_address_is_kept(string text) => Assert.Equal(text,
        TemporalOptions.From(Reader("Development", ("TEMPORAL_ADDRESS", text))).Address);

    [Fact]
    public void In_Production_a_weak_key_is_refused_and_not_shown()
    {
        string zeros = Convert.ToBase64String(new byte[32]);
        string good = Convert.ToBase64String([.. Enumerable.Range(7, 32).Select(i => (byte)(i * 7))]);

        var error = Assert.Throws<SettingException>(() => TemporalOptions.From(Reader("Production",
            ("TEMPORAL_ADDRESS", "localhost:7233"), ("PAYLOAD_KEYS", $"new:{good},old:{zeros}"))));

        Assert.StartsWith("PAYLOAD_KEYS: found a key (number 2) that repeats", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(zeros, error.Message, StringComparison.Ordinal);
        Assert.NotNull(TemporalOptions.From(Reader("Development",
            ("TEMPORAL_ADDRESS", "localhost:7233"), ("PAYLOAD_KEYS", $"old:{zeros}"))).PayloadKeys);
    }

    [Theory]
    [InlineData("Development", null, null, true)]
    [InlineData("Production", null, null, false)]
    [InlineData("Production", "email", null, false)]
    [InlineData("Production", "response", "true", true)]
    [InlineData("Development", "email", null, false)]
    public void A_token_is_in_the_answer_in_development_or_when_forced(
        string environment, string? delivery, string? forced, bool expected) => Assert.Equal(expected,
        LeadVerificationOptions.From(Reader(environment,
            ("LEAD_TOKEN_DELIVERY", delivery), ("LEAD_TOKEN_IN_RESPONSE_FORCED", forced))).IsTokenInResponse);

    [Fact]
    public void In_Production_a_token_in_the_answer_must_be_forced() => Assert.Contains("LEAD_TOKEN_IN_RESPONSE_FORCED",
        Assert.Throws<SettingException>(() => LeadVerificationOptions.From(
            Reader("Production", ("LEAD_TOKEN_DELIVERY", "response")))).Message, StringComparison.Ordinal);

    private static SettingsReader Reader(string environment, params (string Name, string? Value)[] values) => new(
        new ConfigurationBuilder().AddInMemoryCollection(
            values.Select(value => KeyValuePair.Create(value.Name, value.Value))).Build(),
        new HostingEnvironment { EnvironmentName = environment });
}
