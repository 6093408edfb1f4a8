using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Testing;

namespace Server.Tests;

/// <summary>Tests the published process, as the Functions host or a person starts it.</summary>
public sealed partial class ProcessTests
{
    private const string StrongSecret = "q8Zk3xv9LmT2bYc7Wd5RfJ4hNs6Gp1UaEoIi0KxD";
    private const string StrongKeys = "k1:5mcc66uqUNNjsB4XCZj4zrYbVxUnJx8jf0nV9fPKVhY=";

    [Theory]
    [InlineData("PORT", "many", "PORT: found 'many', expected a whole number from 0 to 65535.")]
    [InlineData("HOST", "no host", "HOST: found 'no host', expected an IP address such as 127.0.0.1, or localhost.")]
    [InlineData("HOST", "127.0.0.l", "HOST: found '127.0.0.l', expected an IP address")]
    [InlineData("HOST", "locahost", "HOST: found 'locahost', expected an IP address")]
    [InlineData("HOST", "*", "HOST: found '*', expected an IP address")]
    [InlineData("HOST", "+", "HOST: found '+', expected an IP address")]
    [InlineData("FUNCTIONS_CUSTOMHANDLER_PORT", "x",
        "FUNCTIONS_CUSTOMHANDLER_PORT: found 'x', expected a whole number from 1 to 65535.")]
    [InlineData("CLIENT_ADDRESS_HEADER", "X Client",
        "CLIENT_ADDRESS_HEADER: found 'X Client', expected the name of a header, such as X-Client-Address.")]
    [InlineData("DATABASE_URL", "nonsense=secret", "DATABASE_URL: found ")]
    [InlineData("DEPLOYMENT_ENABLED", "true", "DEPLOYMENT_ENABLED: found true, expected false")]
    [InlineData("DEPLOYMENT_ENABLED", "yes", "DEPLOYMENT_ENABLED: found 'yes', expected true or false.")]
    [InlineData("TEMPORAL_ADDRESS", "nowhere", "TEMPORAL_ADDRESS: found 'nowhere', expected host:port")]
    [InlineData("TOKEN_KEYS", "k1:secret", "TOKEN_KEYS: found ")]
    [InlineData("TOKEN_KEYS", "k1:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=",
        "TOKEN_KEYS: found a key (number 1) that repeats a few bytes")]
    [InlineData("JWT_SECRET", "secret", "JWT_SECRET: found 6 bytes, expected a random text of at least 32 bytes")]
    [InlineData("JWT_SECRET", "secretsecretsecretsecretsecretsecret", "JWT_SECRET: found a text that repeats")]
    [InlineData("OPERATOR_ISSUER", "nowhere", "OPERATOR_ISSUER: found ")]
    [InlineData("OPERATOR_ISSUER", "http://login.example.com/realms/platform",
        "OPERATOR_ISSUER: found an http address, expected https in Production")]
    [InlineData("KEYCLOAK_URL", "http://login.example.com", "KEYCLOAK_URL: found an http address, expected https")]
    [InlineData("DATABASE_URL", "postgres://u:secret@db.example.com/d",
        "DATABASE_URL: found the SSL mode Prefer, expected sslmode=require or stricter in Production")]
    [InlineData("REDIS_URL", "http://user:secret@host", "REDIS_URL: found ")]
    [InlineData("LEADS_RATE_LIMIT", "-1", "LEADS_RATE_LIMIT: found '-1'")]
    [InlineData("LEADS_MAILS_PER_HOUR", "0", "LEADS_MAILS_PER_HOUR: found '0'")]
    [InlineData("SIGNUP_CHALLENGE", "on", "SIGNUP_CHALLENGE: found 'on', expected off, pressure or always.")]
    [InlineData("CORS_ORIGINS", "*", "CORS_ORIGINS: found '*', expected exact origins such as https://www.example.com")]
    [InlineData("CORS_ORIGINS", "http://a.example", "CORS_ORIGINS: found 'http://a.example' in Production, expected")]
    [InlineData("LEAD_TOKEN_DELIVERY", "response", "LEAD_TOKEN_DELIVERY: found 'response' in Production")]
    [InlineData("BUCKET_PREFIX", "Acme", "BUCKET_PREFIX: found 'Acme', expected a to z")]
    [InlineData("TENANT_KEY_MAX_LENGTH", "51", "TENANT_KEY_MAX_LENGTH: found '51'")]
    public async Task An_invalid_setting_stops_the_process_with_one_line(
        string name, string value, string expected)
    {
        using var process = Start(
            ("PORT", "0"), ("DATABASE_URL", "postgres://u@127.0.0.1:1/d"), (name, value));

        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith(expected, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_settings_the_process_listens_on_the_Functions_hosts_port_and_stops_promptly()
    {
        int port = FreePort.Find();
        using var process = Start(("FUNCTIONS_CUSTOMHANDLER_PORT", $"{port}"), ("PORT", "1"));
        Assert.Equal($"http://127.0.0.1:{port}", await AddressAsync(process));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/tenants")).StatusCode);

        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        // The Functions host reports every line on standard error as an error.
        Assert.Empty(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));

        Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(path, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("FUNCTIONS_CUSTOMHANDLER_PORT", "hidden")]
    [InlineData("PORT", "known")]
    public async Task Only_behind_the_Functions_host_the_callers_address_is_hidden(string port, string expected)
    {
        using var process = Start((port, $"{FreePort.Find()}"), ("DATABASE_URL", "postgres://u@127.0.0.1:1/d"));
        using var http = new HttpClient();

        var ready = await http.GetAsync(
            new Uri($"{await AddressAsync(process)}/health/ready"), TestContext.Current.CancellationToken);

        Assert.Contains(
            $"\"clientAddress\":\"{expected}\"",
            await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        process.Kill();
    }

    [Fact]
    public async Task In_Development_local_settings_are_read_and_the_environment_takes_precedence()
    {
        string folder = Directory.CreateTempSubdirectory("functions-test-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "local.settings.json"),
            """{ "IsEncrypted": false, "Values": { "PORT": "0", "LEADS_RATE_LIMIT": "many" /* wrong */ } }""",
            TestContext.Current.CancellationToken);
        try
        {
            using var wrong = Start(folder, ("DOTNET_ENVIRONMENT", "Development"));
            string error = await wrong.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.StartsWith("LEADS_RATE_LIMIT: found 'many'", error, StringComparison.Ordinal);

            using var right = Start(folder, ("DOTNET_ENVIRONMENT", "Development"), ("LEADS_RATE_LIMIT", "5"));
            Assert.StartsWith("http://127.0.0.1:", await AddressAsync(right), StringComparison.Ordinal);
            right.Kill();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(params (string Name, string Value)[] environment) =>
        Start(AppContext.BaseDirectory, environment);

    private static Process Start(string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Server"))
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // The settings of the machine are removed. Without an environment name, the environment is Production.
        foreach (string name in start.Environment.Keys.Except(["PATH", "HOME", "DOTNET_ROOT"]).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["TOKEN_KEYS"] = StrongKeys;
        start.Environment["JWT_SECRET"] = StrongSecret;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<string> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
