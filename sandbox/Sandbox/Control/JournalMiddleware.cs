namespace Sandbox.Control;

internal static class JournalMiddleware
{
    /// <summary>
    /// A header of those who only look at what others do: their calls are not written down and meet no fault.
    /// </summary>
    public const string Observer = "Sandbox-Observer";

    /// <summary>Writes down each call when it comes, and again with its outcome.</summary>
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
            journal.Write(outcome.Of(entry));
        }
    });
}
