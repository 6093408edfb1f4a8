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

        var entry = journal.Begin(system, context.Request);
        var outcome = new CallOutcome();
        context.Features.Set(outcome);
        try
        {
            await next(context);
        }
        finally
        {
            journal.Write(entry with
            {
                Status = outcome.Status,
                Effect = outcome.Effect,
                Answered = outcome.Answered && !context.RequestAborted.IsCancellationRequested,
                Fault = outcome.Fault,
            });
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
}
