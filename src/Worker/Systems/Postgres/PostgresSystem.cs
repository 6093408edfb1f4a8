using ControlPlane.Persistence;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Setup;
using Worker.Commands.Verify;
using Worker.Hosting;
using Worker.Invitations;
using Worker.Systems.Secrets;

namespace Worker.Systems.Postgres;

/// <summary>PostgreSQL: a schema and a role for each tenant, and the control database.</summary>
public sealed class PostgresSystem : OutsideSystem
{
    public const string SystemId = "postgresql";

    private const string Suffix = "-postgres";

    public static TaskQueue MainQueue { get; } = new(Suffix, 8) { Undo = TaskQueue.ForUndo(Suffix) };

    public override string Id => SystemId;

    public override string Name => "PostgreSQL";

    public override IReadOnlyList<string> ResourceTypes => [ControlPlane.Provisioning.ResourceTypes.DatabaseSchema];

    public override TaskQueue Queue => MainQueue;

    public override void AddServices(IServiceCollection services, SettingsReader settings)
    {
        var options = DatabaseOptions.ForTenants(settings);
        services
            .AddSingleton(_ => new TenantDatabase(
                DataSources.Create(options, "arc-saas-tenants"), RefusesSuperuser: settings.IsProduction))
            .AddSingleton(TenantLoginOptions.From(settings))
            .AddTransient<DatabaseLogins>()
            .AddTransient<LoginRotation>()
            .AddTransient<PasswordSalts>()
            .AddTransient<TenantSchemas>()
            .AddTransient<PostgresInventory>()
            .AddTransient<ISystemInventory, PostgresInventory>();
    }

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) => PostgresDoctorChecks.For(host);

    public override IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) => PostgresVerifyChecks.For(tenant);

    public override async Task SetUpAsync(SetupContext setup, CancellationToken cancellationToken)
    {
        bool isNew = await new SealingKey(setup.Host.Database, setup.Host.Settings, setup.Host.Time)
            .EnsureAsync(cancellationToken);
        setup.PrintCreated("sealing key", isNew ? ["public half stored"] : []);
        await IsolateTenantsAsync(setup, cancellationToken);
    }

    private static async Task IsolateTenantsAsync(SetupContext setup, CancellationToken cancellationToken)
    {
        if (TenantSecretSettings.From(setup.Host.Settings).Secrets is null)
        {
            return;
        }

        var tenants = setup.Host.GetService<TenantDatabase>().Source;
        if (!await TenantIsolation.SharesControlDatabaseAsync(tenants, cancellationToken))
        {
            setup.PrintCreated("tenants' database", await TenantIsolation.EnsureAsync(tenants, cancellationToken));
        }
    }
}
