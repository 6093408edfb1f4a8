using System.Net;
using System.Security.Cryptography;
using ControlPlane.Leads;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using EmbeddedTemporal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Sandbox.Hosting;
using Sandbox.S3;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Testing;
using Worker.Hosting;
using Worker.Systems;
using Worker.Systems.Novu;
using Worker.Systems.Postgres;
using OurConnection = ControlPlane.Temporal.TemporalConnection;
using SandboxS3 = Sandbox.S3.S3Options;

namespace Worker.Tests.Support;

/// <summary>
/// Everything that a saga needs, in this process and for one test class: a database, the outside systems, a Temporal
/// server that skips time, and the complete worker host. Keycloak and the object store are the sandbox's, or
/// real ones behind the sandbox's faults (<see cref="ContractServers"/>).
/// </summary>
public sealed class ProvisioningFixture : IAsyncLifetime
{
    public static readonly Guid Installation = Guid.Parse("8f14e45f-ceea-467f-a0e6-0d5f0a6f3c11");

    /// <summary>An account whose buckets the worker may not see.</summary>
    public static readonly S3Account OtherAccount = new("stranger", "stranger-secret-key", "000000000002");

    /// <summary>The last name of every tenant's admin user.</summary>
    public const string LastName = "Lovelace-Byron";

    private const string Namespace = "arc-saas";

    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly Dictionary<string, string?> settings = [];
    private EmbeddedTemporalServer? temporal;
    private IDisposable? timeSkipping;
    private IHost? worker;

    public PostgresFixture Postgres { get; } = new();

    public SandboxHost Sandbox { get; private set; } = null!;

    /// <summary>The sandbox's faults, journal and mails.</summary>
    public SandboxControl Control { get; private set; } = null!;

    public CollectedLogs Logs { get; } = new();

    public ActivityHooks Hooks { get; } = new();

    /// <summary>The worker's services, also while it is stopped.</summary>
    public IServiceProvider Services => worker!.Services;

    public TemporalClient Temporal { get; private set; } = null!;

    public TenantSchemas Schemas => Services.GetRequiredService<TenantSchemas>();

    public SystemProbe Systems { get; private set; } = null!;

    /// <summary>The outside systems of the worker's next start.</summary>
    public IReadOnlyList<OutsideSystem> RegisteredSystems { get; set; } = OutsideSystems.All;

    /// <summary>The settings as a host of the worker, or of one of its commands, reads them.</summary>
    public HostApplicationBuilderSettings HostSettings
    {
        get
        {
            var configuration = new ConfigurationManager();
            configuration.AddInMemoryCollection(settings);
            return new HostApplicationBuilderSettings
            {
                Configuration = configuration,
                DisableDefaults = true,
                EnvironmentName = Environments.Development,
            };
        }
    }

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        var postgres = new NpgsqlConnectionStringBuilder(Postgres.OwnerConnectionString);
        Sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
        {
            PostgresUpstream = new DnsEndPoint(postgres.Host!, postgres.Port),
            KeycloakUpstream = ContractServers.Keycloak,
            S3Upstream = ContractServers.S3,
            S3 = new SandboxS3 { Accounts = [SandboxS3.DefaultAccount, OtherAccount] },
        });
        Control = new SandboxControl(Sandbox.Novu!);
        temporal = await EmbeddedTemporalServer.StartAsync(new EmbeddedTemporalOptions
        {
            TimeProvider = clock,
            Namespaces = [Namespace],
        });
        timeSkipping = temporal.SkipTime(clock.Advance);
        SetDefaults();
        worker = Build();
        await ReconnectAsync();
        Systems = new SystemProbe(this);
        await EnsureMailWorkflowsAsync();
        await worker.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Hooks.Clear();
        await StopAsync();
        worker?.Dispose();
        timeSkipping?.Dispose();
        Control.Dispose();
        if (temporal is not null)
        {
            await temporal.DisposeAsync();
        }

        await Sandbox.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>Replaces <see cref="Temporal"/> by a client with the current settings.</summary>
    public async Task ReconnectAsync() => Temporal = await TemporalClient.ConnectAsync(OurConnection.ConnectOptions(
        Services.GetRequiredService<ControlPlane.Temporal.TemporalOptions>(), WorkerJson.Options));

    /// <summary>Stops the worker and starts another one, with some settings changed (null: absent).</summary>
    public async Task RestartWorkerAsync(params (string Name, string? Value)[] changes)
    {
        await StopAsync();
        worker!.Dispose();
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        worker = Build();
        await worker.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Restarts the worker with some settings changed; disposing restarts it with the former ones.</summary>
    public async Task<Restored> ChangeSettingsAsync(params (string Name, string? Value)[] changes)
    {
        var former = changes.Select(change => (change.Name, settings.GetValueOrDefault(change.Name))).ToArray();
        await RestartWorkerAsync(changes);
        return new Restored(() => RestartWorkerAsync(former));
    }

    /// <summary>Stops the worker, whose services can still be used; disposing starts another one.</summary>
    public async Task<Restored> StopWorkerAsync()
    {
        await StopAsync();
        return new Restored(() => RestartWorkerAsync());
    }

    /// <summary>Forbids the worker's role to create schemas until the result is disposed.</summary>
    public async Task<Restored> ForbidSchemasAsync()
    {
        string database = await Postgres.ReadAsync<string>("SELECT current_database()::text");
        await Postgres.ExecuteAsync($"REVOKE CREATE ON DATABASE {database} FROM CURRENT_USER");
        return new Restored(() => Postgres.ExecuteAsync($"GRANT CREATE ON DATABASE {database} TO CURRENT_USER"));
    }

    /// <summary>Stops Temporal's clock until the result is disposed: no timer or retry delay elapses.</summary>
    public IDisposable StopClock()
    {
        timeSkipping!.Dispose();
        return new Resumed(() => timeSkipping = temporal!.SkipTime(clock.Advance));
    }

    /// <summary>Creates a lead and its tenant in PENDING_PROVISION.</summary>
    public async Task<TestTenant> GivenTenantAsync(string? key = null)
    {
        key ??= SandboxFixture.UniqueKey();
        var now = TimeProvider.System.GetUtcNow();
        var email = EmailAddress.Parse($"admin@{key}.com");
        var lead = Lead.Register(email, "John", LastName, $"Company {key}", null, now);
        await Services.GetRequiredService<LeadRepository>().AddAsync(lead, default);
        var tenant = Tenant.Create(
            lead, TenantKey.Parse(key), [email.Domain, DomainName.Parse($"other-{key}.com", "domains")], null, now);
        await Services.GetRequiredService<TenantRepository>().AddAsync(tenant, now, default);
        return new TestTenant(tenant.Id, lead.Id, key, email.Value, TenantResources.For(tenant.Key, ""));
    }

    /// <summary>Starts provisioning as POST /tenants/{id}/provision does.</summary>
    public async Task<WorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult>> StartAsync(
        TestTenant tenant, string tier = "enterprise")
    {
        var subscription = SubscriptionOf(tenant, tier);
        var started = await Services.GetRequiredService<StartProvisioning>()
            .ExecuteAsync(tenant.Id, subscription, TestContext.Current.CancellationToken);
        return Temporal.GetWorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult>(
            started.WorkflowId, started.RunId);
    }

    /// <summary>Does what POST /tenants/{id}/provision does when its process dies before it starts the run.</summary>
    public Task RecordAttemptAsync(TestTenant tenant) => Postgres.Owner.InTransactionAsync(async connection =>
    {
        var now = TimeProvider.System.GetUtcNow();
        var row = (await TenantRepository.FindAndLockAsync(connection, tenant.Id, default))!;
        row.BeginAttempt(now);
        await TenantRepository.SaveAsync(connection, row, default);
        await ProvisioningAttempts.AddAsync(connection, row, SubscriptionOf(tenant), now, default);
        return row.Attempt;
    }, default);

    /// <summary>Cancels as POST /tenants/{id}/provisioning/cancel does.</summary>
    public Task<StartedRollback> CancelAsync(TestTenant tenant) => Services.GetRequiredService<CancelProvisioning>()
        .ExecuteAsync(tenant.Id, TestContext.Current.CancellationToken);

    /// <summary>Resumes the rollback as POST /tenants/{id}/provisioning/rollback does.</summary>
    public Task<StartedRollback> RollBackAsync(TestTenant tenant) => Services.GetRequiredService<ResumeRollback>()
        .ExecuteAsync(tenant.Id, TestContext.Current.CancellationToken);

    /// <summary>The handle of a rollback that has its own run.</summary>
    public WorkflowHandle<IRollBackTenantWorkflow, RollBackTenantResult> RollbackRun(
        TestTenant tenant, StartedRollback rollback) =>
        Temporal.GetWorkflowHandle<IRollBackTenantWorkflow, RollBackTenantResult>(
            IProvisionTenantWorkflow.WorkflowId(tenant.Id), rollback.RunId);

    /// <summary>Writes attempt and status into the rows: for single steps and states that no call reaches.</summary>
    public async Task SetStateAsync(TestTenant tenant, int attempt, string status)
    {
        await Postgres.ExecuteAsync(
            "UPDATE tenants SET attempt = $2, status = $3 WHERE id = $1", tenant.Id, attempt, status);
        await Postgres.ExecuteAsync(
            "INSERT INTO provisioning_attempts (tenant_id, attempt, state, subscription, subscription_hash, tier, "
            + "recorded_at)\nVALUES ($1, $2, 'RUNNING', '{}', '', 'silo', now()) ON CONFLICT DO NOTHING",
            tenant.Id, attempt);
    }

    /// <summary>Starts provisioning and waits until it has failed and rolled back.</summary>
    /// <returns>The failure from the run's details.</returns>
    public async Task<ProvisioningFailure> FailAsync(TestTenant tenant)
    {
        var run = await StartAsync(tenant);
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        var failure = Assert.IsType<ApplicationFailureException>(failed.InnerException);
        return failure.Details.ElementAt<ProvisioningFailure>(0);
    }

    /// <summary>The tenant's status in the database.</summary>
    public Task<string> StatusAsync(TestTenant tenant) =>
        Postgres.ReadAsync<string>("SELECT status FROM tenants WHERE id = $1", tenant.Id);

    public async Task<ProvisioningProgress> ProgressAsync(TestTenant tenant) =>
        await Services.GetRequiredService<GetProvisioning>().ExecuteAsync(tenant.Id, default);

    /// <summary>Starts another worker beside the first. The caller stops it.</summary>
    public async Task<IHost> StartSecondWorkerAsync(CollectedLogs logs)
    {
        var second = Build(logs);
        await second.StartAsync(TestContext.Current.CancellationToken);
        return second;
    }

    public static Subscription SubscriptionOf(TestTenant tenant, string tier = "enterprise") =>
        Subscription.Parse(tenant.Id, new SubscriptionFields(
            "sub-uuid", tenant.Id.ToString(), "plan-uuid", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 1,
            new SubscriptionPlanFields("plan-uuid", "Enterprise Plan", "Enterprise tier", 999m, "usd", tier, "annual",
                new SubscriptionMetaData("enterprise-pipeline"))));

    private Task StopAsync() => worker?.StopAsync(CancellationToken.None) ?? Task.CompletedTask;

    private IHost Build(CollectedLogs? logs = null)
    {
        var builder = WorkerHost.CreateBuilder(HostSettings, RegisteredSystems).AddWorker(RegisteredSystems);
        builder.Logging.ClearProviders().AddProvider(logs ?? Logs);
        builder.Services.AddSingleton<IWorkerInterceptor>(Hooks);
        return builder.Build();
    }

    private void SetDefaults()
    {
        var s3 = ContractServers.S3Account;
        using var rsa = RSA.Create(2048);
        foreach (var (name, value) in new Dictionary<string, string?>
        {
            ["INSTALLATION_ID"] = Installation.ToString("D"),
            ["DATABASE_URL"] = Postgres.OwnerConnectionString,
            // The same database, behind the sandbox's faults.
            ["TENANT_DATABASE_URL"] = new NpgsqlConnectionStringBuilder(Postgres.OwnerConnectionString)
            {
                Port = IPEndPoint.Parse(Sandbox.Postgres!).Port,
            }.ConnectionString,
            ["TEMPORAL_ADDRESS"] = temporal!.Address,
            ["TEMPORAL_NAMESPACE"] = Namespace,
            ["PAYLOAD_KEYS"] = $"p1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
            ["TOKEN_KEYS"] = $"t1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
            ["PUBLIC_BASE_URL"] = "https://control.example.com",
            ["INVITATION_PRIVATE_KEY"] = Convert.ToBase64String(rsa.ExportPkcs8PrivateKey()),
            ["ROLLBACK_SETTLE"] = "150",
            ["KEYCLOAK_URL"] = Sandbox.Keycloak!.OriginalString.TrimEnd('/'),
            ["KEYCLOAK_ADMIN_USERNAME"] = ContractServers.KeycloakUsername,
            ["KEYCLOAK_ADMIN_PASSWORD"] = ContractServers.KeycloakPassword,
            ["S3_ENDPOINT"] = Sandbox.S3!.OriginalString,
            ["AWS_ACCESS_KEY_ID"] = s3.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = s3.SecretKey,
            ["NOVU_BACKEND_URL"] = Sandbox.Novu!.OriginalString,
            ["NOVU_API_KEY"] = Sandbox.Options.Novu.ApiKey,
        })
        {
            settings[name] = value;
        }
    }

    private async Task EnsureMailWorkflowsAsync()
    {
        var setup = new NovuWorkflows(
            Services.GetRequiredService<INovuApi>(), Services.GetRequiredService<NovuOptions>());
        await setup.EnsureAsync(default);
    }

    private sealed class Resumed(Action resume) : IDisposable
    {
        private bool isDisposed;

        public void Dispose()
        {
            if (!isDisposed)
            {
                isDisposed = true;
                resume();
            }
        }
    }
}
