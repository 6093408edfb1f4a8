namespace Sandbox.Control;

/// <summary>The outcome of a call: set while the call is processed, then written to the journal.</summary>
internal sealed class CallOutcome
{
    public int? Status { get; set; }

    public bool Effect { get; set; }

    public bool Answered { get; set; } = true;

    public string? Fault { get; set; }

    public JournalEntry ApplyTo(JournalEntry entry) =>
        entry with { Status = Status, Effect = Effect, Answered = Answered, Fault = Fault };
}
