namespace Sandbox.Control;

internal static class JournalMiddleware
{
    /// <summary>Writes down each call when it comes, and again with its outcome.</summary>
    public static void UseJournal(this WebApplication app, string system, Journal journal) =>
        app.Use(async (context, next) =>
    {
        if (context.Request.Path.StartsWithSegments(ControlApi.Root))
        {
            await next(context);
            return;
        }

        var request = context.Request;
        var entry = journal.Begin(system, request.Method, request.Path.Value ?? "/", SecretQuery.Mask(request.Query));
        var outcome = new CallOutcome();
        context.Features.Set(outcome);
        try
        {
            await next(context);
        }
        finally
        {
            outcome.Answered &= !context.RequestAborted.IsCancellationRequested;
            journal.Write(outcome.Of(entry));
        }
    });
}

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
