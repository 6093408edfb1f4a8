namespace Sandbox.Control;

/// <summary>A fault as returned by the control API.</summary>
/// <param name="Hits">See <see cref="Fault.Hits"/>.</param>
public sealed record FaultState(string Id, int Hits, FaultRule Rule)
{
    internal static FaultState Of(Fault fault) => new(fault.Id, fault.Hits, fault.Rule);
}
