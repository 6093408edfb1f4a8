using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Hosting;

namespace Worker.Systems.Secrets;

/// <summary>Tenant secrets: the passwords that the control plane hands over to the application.</summary>
public sealed class SecretsSystem : OutsideSystem
{
    public const string SystemId = "secrets";

    private const string Suffix = "-secrets";

    private static readonly TaskQueue MainQueue = new(Suffix, 8) { Undo = TaskQueue.ForUndo(Suffix) };

    public override string Id => SystemId;

    public override string Name => "Tenant secrets";

    public override IReadOnlyList<string> ResourceTypes => [ControlPlane.Provisioning.ResourceTypes.TenantSecret];

    public override TaskQueue Queue => MainQueue;

    public override string Switch => TenantSecretSettings.Switch;

    public override string? GetDisabledReason(SettingsReader settings) =>
        TenantSecretSettings.From(settings).Secrets is null
            ? "Tenant secrets are switched off (TENANT_SECRETS_ENABLED, TENANT_SECRETS_STORE)."
            : null;

    public override void AddServices(IServiceCollection services, SettingsReader settings)
    {
        var secrets = TenantSecretSettings.From(settings);
        services.AddSingleton(secrets).AddTransient<SecretsInventory>();
        if (secrets.Secrets is not null)
        {
            services.AddTransient<ISystemInventory, SecretsInventory>();
        }
    }

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) =>
    [
        new("tenant secrets", token => StoreAsync(host, token),
            "Check TENANT_SECRETS_STORE and the settings of the store (docs/settings.md)."),
    ];

    private static async Task<DoctorResult> StoreAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (TenantSecretSettings.From(host.Settings).Secrets is not { } secrets)
        {
            return DoctorResult.Off("switched off: applications get no login to their schema");
        }

        if (!secrets.Store.HasObjects)
        {
            return DoctorResult.Ok("sealed to the application's public key");
        }

        var name = SecretName.OfDatabase(new OwnershipMark(host.InstallationId, Guid.Empty, 0), 0);
        await secrets.Store.PutAsync(name, "doctor", cancellationToken);
        var listed = await secrets.Store.ListAsync(host.InstallationId, Guid.Empty, cancellationToken);
        bool isDeleted = await secrets.Store.DeleteAsync(name, cancellationToken);
        return isDeleted && listed.Contains(name)
            ? DoctorResult.Ok("a secret was written, listed and deleted")
            : DoctorResult.Problem("a secret that was written was not found again", "Check the rights of the folder.");
    }
}
