using ControlPlane.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Testing;
using Worker.Steps;
using Worker.Systems.Terraform;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Terraform;

/// <summary>
/// The worker with the real terraform, a database of states and a folder of modules that each test writes. Modules use
/// the built-in provider alone; its provisioner runs shell commands, which the tests hold and let go.
/// </summary>
public sealed class TerraformFixture : IAsyncLifetime
{
    private const string Missing = "terraform 1.11 or later is not in PATH.";

    /// <summary>The keys of the roles' passwords.</summary>
    public static readonly string StateKeys = $"s1:{Convert.ToBase64String(new byte[32])}";

    private readonly string folder = Directory.CreateTempSubdirectory("terraform-tests-").FullName;
    private string stateDatabase = "";

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(path => File.Exists(Path.Combine(path, "terraform")));

    public ProvisioningFixture Provisioning { get; } = new();

    /// <summary>Connects to the states as the superuser.</summary>
    public NpgsqlDataSource States { get; private set; } = null!;

    public string Modules => Path.Combine(folder, "modules");

    public string WorkFolder => Path.Combine(folder, "work");

    public string VariablesFile => Path.Combine(folder, "variables.json");

    public string StateUrl { get; private set; } = "";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled)
        {
            return;
        }

        await Provisioning.InitializeAsync();
        var owner = new NpgsqlConnectionStringBuilder(Provisioning.Postgres.OwnerConnectionString);
        stateDatabase = $"{owner.Database}_states";
        await ExecuteOnServerAsync($"CREATE DATABASE {stateDatabase} OWNER {owner.Username}");
        owner.Database = stateDatabase;
        StateUrl = owner.ConnectionString;
        States = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(Provisioning.Postgres.SuperuserConnectionString)
            {
                Database = stateDatabase,
                Pooling = false,
            });
        foreach (string tier in TerraformOptions.Tiers)
        {
            Directory.CreateDirectory(Path.Combine(Modules, tier));
            await GivenModuleAsync("", tier);
        }

        await GivenVariablesAsync("{}");
        await Provisioning.RestartWorkerAsync(
            ("TERRAFORM_ENABLED", "true"),
            ("TERRAFORM_MODULES", Modules),
            ("TERRAFORM_STATE_URL", StateUrl),
            ("TERRAFORM_STATE_KEYS", StateKeys),
            ("TERRAFORM_VARIABLES_FILE", VariablesFile),
            ("TERRAFORM_WORK_DIR", WorkFolder),
            ("TERRAFORM_GRACE", "5"));
    }

    public async ValueTask DisposeAsync()
    {
        if (IsInstalled)
        {
            await States.DisposeAsync();
            NpgsqlConnection.ClearAllPools();
            await ExecuteOnServerAsync($"DROP DATABASE IF EXISTS {stateDatabase} WITH (FORCE)");
            await Provisioning.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Skips the test where terraform is missing, except in CI.</summary>
    public static void SkipWhereMissing()
    {
        if (!IsInstalled && Environment.GetEnvironmentVariable("CI") is null)
        {
            Assert.Skip(Missing);
        }

        Assert.True(IsInstalled, Missing);
    }

    /// <summary>Writes the module of a tier, which may use <c>var.tenant_key</c> and <c>var.tags</c>.</summary>
    public Task GivenModuleAsync(string resources, string tier = "silo") => File.WriteAllTextAsync(
        Path.Combine(Modules, tier, "main.tf"),
        $$"""
        variable "tenant_key" {}
        variable "tags" {}
        variable "attempt" {}
        {{resources}}
        """, CancellationToken);

    public Task GivenVariablesAsync(string json) => File.WriteAllTextAsync(VariablesFile, json, CancellationToken);

    /// <summary>A tenant of attempt 1 in PROVISIONING, for single steps.</summary>
    public async Task<TestTenant> GivenTenantAsync()
    {
        var tenant = await Provisioning.GivenTenantAsync();
        await Provisioning.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        return tenant;
    }

    /// <summary>A new path for the files of a module's shell commands.</summary>
    public string NewPath() => Path.Combine(folder, $"file-{Path.GetRandomFileName()}");

    public StepRun<ProvisionInfrastructure> Step(TestTenant tenant, int attempt = 1) =>
        new(Provisioning, tenant.Attempt(attempt));

    /// <summary>Renames the database of the states, so that it is not found, until the result is disposed.</summary>
    public async Task<Restored> RenameStatesAsync()
    {
        await RenameAsync(stateDatabase, $"{stateDatabase}_away");
        return new Restored(() => RenameAsync($"{stateDatabase}_away", stateDatabase));
    }

    public async Task UndoAsync(TestTenant tenant, int attempt = 1)
    {
        await Provisioning.SetStateAsync(tenant, attempt, "ROLLING_BACK");
        await Step(tenant, attempt).CompensateAsync();
    }

    public Task<TerraformState?> StateAsync(TestTenant tenant) => Provisioning.Services
        .GetRequiredService<TenantStates>().FindAsync(NameOf(tenant), CancellationToken);

    /// <summary>The resources in the state, without the generated one.</summary>
    public async Task<string[]> ResourcesAsync(TestTenant tenant) =>
    [
        .. ((await StateAsync(tenant))?.Resources ?? [])
            .Where(address => !address.EndsWith(TerraformState.OwnerResource, StringComparison.Ordinal)),
    ];

    public async Task<T> ReadStateAsync<T>(string sql, params object[] values) => (await States.Command(sql, values)
        .ReadAllAsync(row => row.GetFieldValue<T>(0), CancellationToken)).Single();

    public Task ExecuteOnStatesAsync(string sql, params object[] values) =>
        States.Command(sql, values).ExecuteAsync(CancellationToken);

    /// <summary>The number of schemas and roles of a tenant's state.</summary>
    public Task<long> PlacesAsync(TestTenant tenant) => ReadStateAsync<long>(
        """
        SELECT (SELECT count(*) FROM pg_roles WHERE rolname = $1)
            + (SELECT count(*) FROM pg_namespace WHERE nspname = $1)
        """, NameOf(tenant));

    /// <summary>How far the step is, as it is shown.</summary>
    public async Task<string?> ProgressAsync(TestTenant tenant) => (await Provisioning.ProgressAsync(tenant))
        .Steps.FirstOrDefault(step => step.Step == ProvisionInfrastructure.Id)?.Progress;

    public static string NameOf(TestTenant tenant) => $"infra_{tenant.Key}";

    public static Task WaitForAsync(string path) =>
        AssertMore.EventuallyAsync(() => Task.FromResult(File.Exists(path)), exists => exists);

    private async Task RenameAsync(string from, string to)
    {
        await ExecuteOnServerAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'");
        await ExecuteOnServerAsync($"ALTER DATABASE {from} RENAME TO {to}");
    }

    private async Task ExecuteOnServerAsync(string sql)
    {
        await using var server = NpgsqlDataSource.Create(Provisioning.Postgres.SuperuserConnectionString);
        await server.Command(sql).ExecuteAsync(default);
    }
}
