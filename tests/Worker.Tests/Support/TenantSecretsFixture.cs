using System.Security.Cryptography;
using ControlPlane.Connections;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Worker.Commands;

namespace Worker.Tests.Support;

/// <summary>A worker with tenant secrets in a folder, and an application that reads what it is given.</summary>
public sealed class TenantSecretsFixture : IAsyncLifetime
{
    public const int ConnectionLimit = 3;

    public string Folder { get; } = Directory.CreateTempSubdirectory().FullName;

    public ProvisioningFixture Worker { get; } = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Worker.InitializeAsync();
        await Worker.RestartWorkerAsync(
            ("TENANT_SECRETS_STORE", "folder"), ("TENANT_SECRETS_FOLDER", Folder),
            ("TENANT_SECRET_KEYS", $"s1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"),
            ("TENANT_DB_CONNECTION_LIMIT", $"{ConnectionLimit}"), ("TENANT_DB_STATEMENT_TIMEOUT", "7"));
    }

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public async Task<TestTenant> GivenActiveAsync()
    {
        var tenant = await Worker.GivenTenantAsync();
        await (await Worker.StartAsync(tenant)).GetResultAsync();
        return tenant;
    }

    public async Task<DatabaseConnection> GetConnectionAsync(TestTenant tenant) =>
        (await Worker.Services.GetRequiredService<ConnectionParts>().FindDatabaseAsync(
            tenant.Id, 1, CancellationToken))!;

    public Task<string> ReadSecretAsync(SecretReference reference) =>
        File.ReadAllTextAsync(Path.Combine(Folder, reference.Name), CancellationToken);

    public IReadOnlyList<string> FilesOf(TestTenant tenant) =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path))
            .Where(path => path.Contains(tenant.Id.ToString(), StringComparison.Ordinal)).Order(),
    ];

    /// <summary>Logs in as an application does, from the document and the secret alone.</summary>
    public async Task<NpgsqlDataSource> LogInAsync(TestTenant tenant, string? database = null, bool pools = false)
    {
        var part = await GetConnectionAsync(tenant);
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = part.Host,
            Port = part.Port,
            Database = database ?? part.Name,
            Username = part.Login!.User,
            Password = await ReadSecretAsync(part.Login.Password),
            Pooling = pools,
            MaxPoolSize = ConnectionLimit,
        });
    }

    /// <summary>Runs a command of the worker.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        int exitCode = await CommandLine.RunAsync(
            arguments,
            new CommandContext(Worker.RegisteredSystems) { Output = output, Host = Worker.HostSettings });
        return (exitCode, output.ToString());
    }
}
