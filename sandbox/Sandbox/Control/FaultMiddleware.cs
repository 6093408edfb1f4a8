using System.Globalization;
using System.Text;

namespace Sandbox.Control;

internal static class FaultMiddleware
{
    /// <summary>
    /// Applies the first matching fault to each call, and records the actual outcome for the journal.
    /// </summary>
    public static void UseFaults(this WebApplication app, string system, Faults faults) =>
        app.Use(async (context, next) =>
    {
        if (context.Features.Get<CallOutcome>() is not { } outcome)
        {
            await next(context);
            return;
        }

        var body = faults.NeedsBody ? await ReadBodyAsync(context.Request) : "";
        var fault = faults.Match(Call.Of(system, context.Request, body));
        outcome.Fault = fault?.Id;
        outcome.Answered = fault?.Rule.Kind is null or FaultKind.Answer;
        await (fault?.Rule.Kind switch
        {
            null => HandleAsync(context, next, outcome),
            FaultKind.Answer => AnswerAsync(context, fault.Rule, outcome),
            FaultKind.Delay => DelayAsync(context, next, fault, outcome),
            FaultKind.Hang => HangAsync(context, fault),
            FaultKind.Reset => Reset(context),
            FaultKind.LoseAnswer => LoseAnswerAsync(context, next, fault, outcome),
            FaultKind.HoldAnswer => HoldAnswerAsync(context, next, fault, outcome),
            FaultKind.LateEffect => LateEffectAsync(context, next, fault, outcome),
            FaultKind.AfterCallerLeft => AfterCallerLeftAsync(context, next, fault, outcome),
            _ => throw new InvalidOperationException($"Unknown kind of fault: {fault.Rule.Kind}"),
        });
    });

    private static async Task HandleAsync(HttpContext context, RequestDelegate next, CallOutcome outcome)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Kestrel maps the exception to this status, but only after the journal has written the entry.
            outcome.Status = context.Response.HasStarted ? context.Response.StatusCode
                : (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
            throw;
        }

        outcome.Status = context.Response.StatusCode;
        outcome.Effect = context.Response.StatusCode < 400 && !HttpMethods.IsGet(context.Request.Method)
            && !HttpMethods.IsHead(context.Request.Method) && !HttpMethods.IsOptions(context.Request.Method);
    }

    private static Task AnswerAsync(HttpContext context, FaultRule rule, CallOutcome outcome)
    {
        outcome.Status = context.Response.StatusCode = rule.Status;
        if (rule.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = rule.ContentType;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(rule.Body);
    }

    private static async Task DelayAsync(HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        var callerAborted = context.RequestAborted;
        if (!await fault.WaitForReleaseAsync(callerAborted) || callerAborted.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        outcome.Answered = true;
        await HandleAsync(context, next, outcome);
    }

    private static async Task HangAsync(HttpContext context, Fault fault)
    {
        await fault.WaitForReleaseAsync(context.RequestAborted);
        context.Abort();
    }

    private static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static async Task LoseAnswerAsync(
        HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        using var detached = new DetachedCall(context);
        if (await TakeEffectAsync(detached, context, next, fault, outcome))
            detached.Abort();
    }

    private static async Task HoldAnswerAsync(
        HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        using var detached = new DetachedCall(context);
        if (!await TakeEffectAsync(detached, context, next, fault, outcome))
            return;
        if (await fault.WaitForReleaseAsync(detached.CallerAborted))
            outcome.Answered = await detached.SendAnswerAsync();
        else
            detached.Abort();
    }

    // Returns false, and sends the answer, if the system itself failed: the fault then applies to the next call.
    private static async Task<bool> TakeEffectAsync(
        DetachedCall detached, HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        await HandleAsync(context, next, outcome);
        if (outcome.Status < 500)
        {
            fault.CountHit();
            return true;
        }

        fault.RevertMatch();
        outcome.Fault = null;
        outcome.Answered = await detached.SendAnswerAsync();
        return false;
    }

    private static async Task LateEffectAsync(
        HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        using var detached = new DetachedCall(context);
        if (!await fault.WaitForReleaseAsync(CancellationToken.None))
        {
            detached.Abort();
            return;
        }

        await HandleAsync(context, next, outcome);
        outcome.Answered = await detached.SendAnswerAsync();
    }

    private static async Task AfterCallerLeftAsync(
        HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        using var detached = new DetachedCall(context);
        var isRemoved = !await fault.WaitForReleaseAsync(detached.CallerAborted)
            && !detached.CallerAborted.IsCancellationRequested;
        if (!isRemoved)
            await HandleAsync(context, next, outcome);
        detached.Abort();
    }

    private static async Task<string> ReadBodyAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, Encoding.UTF8, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        request.Body.Position = 0;
        return body;
    }
}
