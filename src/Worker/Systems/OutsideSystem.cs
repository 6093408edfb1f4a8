using System.CommandLine;
using ControlPlane;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Setup;
using Worker.Commands.Verify;
using Worker.Hosting;

namespace Worker.Systems;

/// <summary>
/// A system outside the control plane: its settings, task queues and services, and its part of <c>doctor</c>,
/// <c>setup</c>, <c>verify</c>, readings and the sweep. The general parts of the worker iterate over the registered
/// systems and name none. A new system is a folder with one subclass, and one line in <see cref="OutsideSystems"/>.
/// </summary>
/// <remarks>
/// When it is configured, <see cref="AddServices"/> also registers an <see cref="ISystemInventory"/> for a system with
/// objects of tenants, and an <see cref="Sweeps.IContactStore"/> for a system with personal data of contacts.
/// </remarks>
public abstract class OutsideSystem
{
    /// <summary>The short name in readings and steps, such as <c>keycloak</c>. Stored in rows: never changed.</summary>
    public abstract string Id { get; }

    /// <summary>The name for people, such as <c>Keycloak</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The resource types of its objects; empty when tenants own nothing in it.</summary>
    public virtual IReadOnlyList<string> ResourceTypes => [];

    /// <summary>Whether the steps of the system are implemented.</summary>
    public virtual bool IsBuilt => true;

    /// <summary>
    /// The task queue of the sweep's activities; readings run on its <see cref="TaskQueue.Undo"/>. Null for a system
    /// without activities.
    /// </summary>
    public virtual TaskQueue? Queue => null;

    /// <summary>All task queues of its activities: by default <see cref="Queue"/> and the queue of its undos.</summary>
    public virtual IReadOnlyList<TaskQueue> Queues => Queue switch
    {
        null => [],
        { Undo: { } undo } => [Queue, undo],
        _ => [Queue],
    };

    /// <summary>The command line options that it adds to <c>setup</c>.</summary>
    public virtual IReadOnlyList<Option> SetupOptions => [];

    /// <summary>
    /// Whether readings of a tenant include it. A system that is not built is included, because its steps will create
    /// objects of tenants.
    /// </summary>
    public bool IsInReadings => ResourceTypes.Count > 0 || !IsBuilt;

    /// <summary>
    /// The setting whose value <c>false</c> switches the system off; null for a system that is always needed.
    /// </summary>
    public virtual string? Switch => null;

    /// <summary>The setting without which the system is off, and its value for people; null for none.</summary>
    protected virtual (string Name, string Expected)? MainSetting => null;

    /// <summary>
    /// Requires in Production that the system is configured, or switched off in so many words. Otherwise a forgotten
    /// setting would make tenants ACTIVE that lack a part.
    /// </summary>
    /// <exception cref="SettingException">Neither is the case.</exception>
    public void RequireDecision(SettingsReader settings)
    {
        if (settings.IsProduction && MainSetting is var (name, expected) && settings.Find(Switch!) is null
            && GetDisabledReason(settings) is not null)
        {
            throw new MissingSettingException(name, $"{expected}, or {Switch}=false to run without {Name}");
        }
    }

    /// <summary>
    /// Gives the reason why the system is switched off, with the names of its settings; null when it is configured.
    /// </summary>
    /// <exception cref="SettingException">A setting has an unusable value, or a required one is missing.</exception>
    public virtual string? GetDisabledReason(SettingsReader settings) => null;

    /// <summary>
    /// Registers the clients and the inventory. When the system is switched off, resolving a client fails with
    /// <c>not_configured</c>.
    /// </summary>
    /// <exception cref="SettingException">A setting has an unusable value, or a required one is missing.</exception>
    public virtual void AddServices(IServiceCollection services, SettingsReader settings)
    {
    }

    /// <summary>Creates the error for the use of a client of a system that is switched off.</summary>
    protected ControlPlaneException NotConfigured(SettingsReader settings) =>
        new(ErrorCode.NotConfigured, GetDisabledReason(settings) ?? $"{Name} is not configured.");

    /// <summary>The checks of <c>doctor</c>, in order: a check runs only when those before it have passed.</summary>
    public virtual IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) => [];

    /// <summary>The checks of <c>verify</c> for one tenant, in order. They are independent of each other.</summary>
    public virtual IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) => [];

    /// <summary>Creates the objects that an installation needs once in this system. Repeatable.</summary>
    /// <exception cref="CommandException">An object of another installation has the same name.</exception>
    public virtual Task SetUpAsync(SetupContext setup, CancellationToken cancellationToken) => Task.CompletedTask;
}
