namespace Sandbox.Control;

/// <summary>What became of a call; filled in by who decides it, read by the journal.</summary>
internal sealed class CallOutcome
{
    public int? Status { get; set; }

    public bool Effect { get; set; }

    public bool Answered { get; set; } = true;

    public string? Fault { get; set; }

    public JournalEntry Of(JournalEntry entry) =>
        entry with { Status = Status, Effect = Effect, Answered = Answered, Fault = Fault };
}
