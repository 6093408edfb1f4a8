namespace Worker.Commands.Verify;

/// <summary>One thing that must be true of a tenant, as read from the system itself.</summary>
internal sealed record Tick(string What, TickState State, string Detail)
{
    public bool IsSuccess => State is TickState.Green or TickState.Skipped;
}

internal enum TickState
{
    Green = 1,
    Red,

    /// <summary>The step is switched off: nothing is there to be read.</summary>
    Skipped,

    /// <summary>Nobody knows: no success.</summary>
    NotTried,
}
