namespace Sandbox.Control;

internal static class JournalMiddleware
{
    /// <summary>
    /// Request header of observers: calls with this header are not journaled, and no fault applies to them.
    /// </summary>
    public const string Observer = "Sandbox-Observer";

    /// <summary>Journals each call on arrival, and again with its outcome.</summary>
    public static void UseJournal(this WebApplication app, string system, Journal journal) =>
        app.Use(async (context, next) =>
    {
        if (context.Request.Path.StartsWithSegments(ControlApi.Root)
            || context.Request.Headers.ContainsKey(Observer))
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
            journal.Write(outcome.ApplyTo(entry));
        }
    });
}
