using ControlPlane.Settings;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Setup;
using Worker.Commands.Verify;
using Worker.Hosting;
using Worker.Steps;
using Worker.Systems.Postgres;
using Worker.Systems.S3;

namespace Worker.Systems.Terraform;

/// <summary>Terraform: the infrastructure of each tenant's tier, with a state for each tenant in PostgreSQL.</summary>
public sealed class TerraformSystem : OutsideSystem
{
    public const string SystemId = "infrastructure";

    private const string Suffix = "-infrastructure";

    /// <summary>A run takes memory for each provider, so a worker makes few of them at a time.</summary>
    public static TaskQueue MainQueue { get; } = new(Suffix, 2) { Undo = TaskQueue.ForUndo(Suffix) };

    public override string Id => SystemId;

    public override string Name => "Infrastructure";

    public override IReadOnlyList<string> ResourceTypes => [ControlPlane.Provisioning.ResourceTypes.Infrastructure];

    public override TaskQueue Queue => MainQueue;

    public override string Switch => TerraformOptions.Switch;

    protected override (string Name, string Expected)? MainSetting =>
        ("TERRAFORM_STATE_URL", "the database of Terraform's states");

    public override string? GetDisabledReason(SettingsReader settings) => TerraformOptions.From(settings) is null
        ? "Infrastructure is switched off (TERRAFORM_ENABLED, TERRAFORM_STATE_URL)."
        : null;

    public override void AddServices(IServiceCollection services, SettingsReader settings)
    {
        services.AddTransient<AttemptTiers>();
        if (TerraformOptions.From(settings) is not { } options)
        {
            services
                .AddTransient<TenantInfrastructure>(_ => throw NotConfigured(settings))
                .AddTransient<TerraformInventory>(_ => throw NotConfigured(settings));
            return;
        }

        bool hasStore = S3Options.From(settings) is not null;
        services
            .AddSingleton(options)
            .AddSingleton(_ => new StateDatabase(
                DataSources.Create(options.State, "arc-saas-terraform-states"), settings.IsProduction))
            .AddTransient<TenantStates>()
            .AddTransient<TerraformProcess>()
            .AddTransient(provider => new TaggedBuckets(
                hasStore ? provider.GetRequiredService<TenantBuckets>() : null,
                provider.GetRequiredService<TenantKeyOptions>()))
            .AddTransient<TenantInfrastructure>()
            .AddTransient<TerraformInventory>()
            .AddTransient<ISystemInventory, TerraformInventory>();
    }

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) => TerraformDoctorChecks.For(host);

    public override IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) =>
        [new("infrastructure", ProvisionInfrastructure.Id, token => TerraformVerifyCheck.RunAsync(tenant, token))];

    public override async Task SetUpAsync(SetupContext setup, CancellationToken cancellationToken)
    {
        if (TerraformOptions.From(setup.Host.Settings) is null)
        {
            return;
        }

        bool isNew = await setup.Host.GetService<TenantStates>().EnsureIdsAsync(cancellationToken);
        setup.PrintCreated("infrastructure", isNew ? ["sequence of the states"] : []);
    }
}
