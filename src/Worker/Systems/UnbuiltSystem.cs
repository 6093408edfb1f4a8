using ControlPlane.Provisioning;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Worker.Systems;

/// <summary>
/// A system whose step is not implemented yet. The step is SKIPPED, the state of readings is NOT_BUILT, and the worker
/// does not start with the setting switched on.
/// </summary>
/// <param name="id">The system id.</param>
/// <param name="name">The name for people.</param>
/// <param name="setting">The setting that will switch the system on.</param>
public sealed class UnbuiltSystem(string id, string name, string setting) : OutsideSystem
{
    public static UnbuiltSystem Deployment { get; } = new("deployment", "Deployment", UnbuiltSteps.Deployment);

    public static UnbuiltSystem Dns { get; } = new("dns", "DNS", UnbuiltSteps.Dns);

    public override string Id => id;

    public override string Name => name;

    public override bool IsBuilt => false;

    public override string Switch => setting;

    public override string GetDisabledReason(SettingsReader settings) => $"{name} is not built yet ({setting}).";

    /// <exception cref="SettingException">The setting switches the system on.</exception>
    public override void AddServices(IServiceCollection services, SettingsReader settings) =>
        UnbuiltSteps.RequireDisabled(settings, setting);
}
