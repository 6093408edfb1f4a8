using ControlPlane.Settings;
using Worker.Systems;

namespace Worker.Hosting;

/// <summary>The outside systems that this worker runs without. Their steps are SKIPPED in new attempts.</summary>
/// <param name="Systems">Id and reason of each, in the order of the registry.</param>
public sealed record SystemsOff(IReadOnlyList<(string Id, string Reason)> Systems)
{
    /// <exception cref="SettingException">
    /// A setting is invalid or, in Production, a system is neither configured nor switched off in so many words.
    /// </exception>
    public static SystemsOff From(IReadOnlyList<OutsideSystem> systems, SettingsReader settings)
    {
        foreach (var system in systems)
        {
            system.RequireDecision(settings);
        }

        return new SystemsOff(
        [
            .. from system in systems
               let reason = system.GetDisabledReason(settings)
               where reason is not null
               select (system.Id, reason),
        ]);
    }
}
