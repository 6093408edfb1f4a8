using System.Globalization;
using System.Text;

namespace Sandbox.Control;

internal static class FaultMiddleware
{
    /// <summary>
    /// Does to a call what the first matching fault says; notes for the journal what really happened.
    /// </summary>
    public static void UseFaults(this WebApplication app, string system, Faults faults) =>
        app.Use(async (context, next) =>
    {
        if (context.Features.Get<CallOutcome>() is not { } outcome)
        {
            await next(context);
            return;
        }

        var body = faults.NeedBody ? await BodyAsync(context.Request) : "";
        var fault = faults.Meeting(Call.Of(system, context.Request, body));
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
            _ => throw new InvalidOperationException($"No such kind of fault: {fault.Rule.Kind}"),
        });
    });

    private static async Task HandleAsync(HttpContext context, RequestDelegate next, CallOutcome outcome)
    {
        try
        {
            await next(context);
        }
        catch (Exception failed) when (!context.RequestAborted.IsCancellationRequested)
        {
            // What Kestrel makes of it, once it is past the journal.
            outcome.Status = context.Response.HasStarted ? context.Response.StatusCode
                : (failed as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
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
        var caller = context.RequestAborted;
        if (!await fault.ReleasedAsync(caller) || caller.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        outcome.Answered = true;
        await HandleAsync(context, next, outcome);
    }

    private static async Task HangAsync(HttpContext context, Fault fault)
    {
        await fault.ReleasedAsync(context.RequestAborted);
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
        if (await HappensAsync(detached, context, next, fault, outcome))
            detached.Abort();
    }

    private static async Task HoldAnswerAsync(
        HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        using var detached = new DetachedCall(context);
        if (!await HappensAsync(detached, context, next, fault, outcome))
            return;
        if (await fault.ReleasedAsync(detached.Caller))
            outcome.Answered = await detached.AnswerAsync();
        else
            detached.Abort();
    }

    private static async Task<bool> HappensAsync(
        DetachedCall detached, HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        await HandleAsync(context, next, outcome);
        if (outcome.Status < 500)
        {
            fault.Hit();
            return true;
        }

        fault.WaitForNext();
        outcome.Fault = null;
        outcome.Answered = await detached.AnswerAsync();
        return false;
    }

    private static async Task LateEffectAsync(
        HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        using var detached = new DetachedCall(context);
        if (!await fault.ReleasedAsync(CancellationToken.None))
        {
            detached.Abort();
            return;
        }

        await HandleAsync(context, next, outcome);
        outcome.Answered = await detached.AnswerAsync();
    }

    private static async Task AfterCallerLeftAsync(
        HttpContext context, RequestDelegate next, Fault fault, CallOutcome outcome)
    {
        using var detached = new DetachedCall(context);
        var removed = !await fault.ReleasedAsync(detached.Caller) && !detached.Caller.IsCancellationRequested;
        if (!removed)
            await HandleAsync(context, next, outcome);
        detached.Abort();
    }

    private static async Task<string> BodyAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, Encoding.UTF8, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        request.Body.Position = 0;
        return body;
    }
}
