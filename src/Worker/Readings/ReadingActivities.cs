using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Temporalio.Activities;
using Worker.Saga;

namespace Worker.Readings;

/// <param name="System">One of <see cref="TenantSystems"/>.</param>
public sealed record SystemToRead(Guid TenantId, string System);

/// <param name="Reason">A sentence without secrets.</param>
public sealed record UnreadableSystem(Guid TenantId, string System, string Reason);

/// <summary>Reads one system and writes down what it said.</summary>
public sealed class ReadingActivities(
    IEnumerable<ITenantInSystem> systems, ProvisionedTenants tenants, ResourceRecords resources,
    SystemReadings readings)
{
    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("ForgetReadings")]
    public Task ForgetAsync(ReadResidueInput input) => readings.ForgetAsync(input.TenantId, CancellationToken);

    [Activity("ReadSystem")]
    public async Task ReadAsync(SystemToRead input)
    {
        var reading = await TenantReading.OfAsync(
            systems, resources, await tenants.LoadCurrentAsync(input.TenantId, CancellationToken), input.System,
            CancellationToken);
        await readings.SaveAsync(
            input.TenantId, input.System, reading.State, reading.Problem, reading.Found, CancellationToken);
    }

    [Activity("SaveUnreadableSystem")]
    public Task SaveUnreadableAsync(UnreadableSystem unread) => readings.SaveAsync(
        unread.TenantId, unread.System, SystemReading.Unreadable, unread.Reason, [], CancellationToken);
}
