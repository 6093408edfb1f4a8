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
/// A system outside the control plane, and everything that the general parts of the worker ask of one: settings, task
/// queues, services, and its share in <c>doctor</c>, <c>setup</c>, <c>verify</c>, readings and the sweep. Those parts
/// iterate over the registered systems and know none by name. A new system is a folder with one class of this kind and
/// one line in <see cref="OutsideSystems"/>.
/// </summary>
/// <remarks>
/// A system that holds objects of tenants also registers an <see cref="ISystemInventory"/> in
/// <see cref="AddServices"/> when it is configured.
/// </remarks>
public abstract class OutsideSystem
{
    /// <summary>The short name in readings and steps, such as <c>keycloak</c>. Stored in rows: never changed.</summary>
    public abstract string Id { get; }

    /// <summary>The name for people, such as <c>Keycloak</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The types of the resource records that lie in it; empty where tenants own nothing.</summary>
    public virtual IReadOnlyList<string> ResourceTypes => [];

    /// <summary>False for a system whose steps do not exist yet.</summary>
    public virtual bool IsBuilt => true;

    /// <summary>Where the sweep works on it; readings run on the queue of its undos. Null without activities.</summary>
    public virtual TaskQueue? Queue => null;

    /// <summary>Every task queue of its activities, those of the undos included.</summary>
    public virtual IReadOnlyList<TaskQueue> Queues => [];

    /// <summary>The options that it adds to <c>setup</c>.</summary>
    public virtual IReadOnlyList<Option> SetupOptions => [];

    /// <summary>Whether readings of a tenant name it.</summary>
    public bool HoldsTenants => ResourceTypes.Count > 0 || !IsBuilt;

    /// <summary>Why the system is off, with the names of its settings; null when it is configured.</summary>
    /// <exception cref="SettingException">A setting has an unusable value, or a required one is missing.</exception>
    public virtual string? WhyNotConfigured(SettingsReader settings) => null;

    /// <summary>
    /// Registers its clients and its inventory. Where it is off, its clients are registered to fail with
    /// <c>not_configured</c> when they are resolved.
    /// </summary>
    /// <exception cref="SettingException">A setting has an unusable value, or a required one is missing.</exception>
    public virtual void AddServices(IServiceCollection services, SettingsReader settings)
    {
    }

    /// <summary>The error of a client that is used although the system is off.</summary>
    protected ControlPlaneException NotConfigured(SettingsReader settings) =>
        new(ErrorCode.NotConfigured, WhyNotConfigured(settings) ?? $"{Name} is not configured.");

    /// <summary>The checks of <c>doctor</c>, in order: a check makes sense only when those before it succeed.</summary>
    public virtual IReadOnlyList<Check> Checks(CommandHost host) => [];

    /// <summary>The ticks of <c>verify</c> for one tenant.</summary>
    public virtual IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) => [];

    /// <summary>Makes what an installation needs in this system once. Repeatable.</summary>
    /// <exception cref="CommandException">An object of the same name is not this installation's.</exception>
    public virtual Task SetUpAsync(SetupRun setup, CancellationToken cancellationToken) => Task.CompletedTask;
}
