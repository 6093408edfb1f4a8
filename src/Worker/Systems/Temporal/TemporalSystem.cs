using ControlPlane.Temporal;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Setup;
using Worker.Commands.Verify;
using Worker.Sweeps;

namespace Worker.Systems.Temporal;

/// <summary>Temporal runs the workflows. Tenants own nothing in it.</summary>
public sealed class TemporalSystem : OutsideSystem
{
    public override string Id => "temporal";

    public override string Name => "Temporal";

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) => TemporalDoctorChecks.For(host);

    public override IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) => TemporalVerifyChecks.For(tenant);

    public override async Task SetUpAsync(SetupContext setup, CancellationToken cancellationToken)
    {
        var settings = setup.Host.Settings;
        var temporal = await setup.Host.GetTemporalAsync();
        bool isNew = await new TemporalNamespace(temporal, setup.Host.Time).EnsureAsync(cancellationToken);
        setup.PrintCreated(Name, isNew ? [$"namespace {temporal.Options.Namespace}"] : []);

        foreach (var schedule in SweepSchedule.All(
            temporal, TemporalOptions.From(settings), SweepOptions.From(settings)))
        {
            setup.PrintCreated(
                schedule.Id, await schedule.EnsureAsync(cancellationToken) ? [$"schedule {schedule.Id}"] : []);
        }
    }
}
