namespace Sandbox.Control;

/// <summary>A fault as the control API shows it.</summary>
/// <param name="Hits">As <see cref="Fault.Hits"/>.</param>
public sealed record FaultState(string Id, int Hits, FaultRule Rule)
{
    internal static FaultState Of(Fault fault) => new(fault.Id, fault.Hits, fault.Rule);
}
