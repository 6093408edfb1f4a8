using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Worker.Hosting;
using Worker.Systems;
using Worker.Systems.Novu;

namespace Worker.Sweeps;

public static class SweepServiceCollectionExtensions
{
    /// <summary>Registers the workflow and activities of the sweep.</summary>
    public static IServiceCollection AddSweep(
        this IServiceCollection services, IReadOnlyList<OutsideSystem> systems, SettingsReader settings) =>
        services
            .AddOrphanSweep(settings)
            .AddSingleton<ContactRetention>()
            .AddSingleton<ExpiredRows>()
            .AddSingleton<FailedTenants>()
            .AddSingleton<ReleasedContacts>()
            .AddSingleton<AttemptRepair>()
            .AddSingleton<WelcomeMailRepair>()
            .AddTemporalActivities(typeof(RowActivities), TaskQueue.Control)
            .AddTemporalActivities(typeof(ContactActivities), NovuSystem.MainQueue)
            .AddTemporalActivities(typeof(OrphanActivities),
                [TaskQueue.Control, .. systems.Select(system => system.Queue).OfType<TaskQueue>()])
            .AddTemporalActivities(typeof(SweepFailureActivities), TaskQueue.Control)
            .AddTemporalWorkflow<RepairAttemptsWorkflow>()
            .AddTemporalWorkflow<SweepWorkflow>();

    /// <summary>Registers the part of the sweep that the command <c>orphans</c> also uses.</summary>
    public static IServiceCollection AddOrphanSweep(this IServiceCollection services, SettingsReader settings) =>
        services
            .AddSingleton(SweepOptions.From(settings))
            .AddSingleton(provider => new AttemptEvidence(
                provider.GetRequiredService<NpgsqlDataSource>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<SweepOptions>().Grace))
            .AddTransient<OrphanSweeper>();
}
