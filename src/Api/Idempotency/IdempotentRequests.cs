using Api.Http;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Idempotency;
using Microsoft.AspNetCore.Http.Features;

namespace Api.Idempotency;

/// <summary>
/// Runs a request with an idempotency key once: the same request again gets the same answer for a day. An error is not
/// kept, since nothing was done; the same request then runs again.
/// </summary>
public sealed class IdempotentRequests(IdempotentAnswers answers, IdempotencySecrets secrets)
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        string key = IdempotencyKey.Parse(context.Request.Headers[IdempotencyKey.Header].ToArray());
        byte[] body = await context.ReadBodyAsync();
        // The caller is part of the scope, so that another lead's key is another key.
        string scope = $"{context.GetEndpoint()!.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName} "
            + $"{context.Request.RouteValues.GetValueOrDefault("id")} {context.FindLead()?.Id:D}";
        var request = secrets.Fingerprint(scope, key, body);
        var claim = await answers.ClaimAsync(request.KeyHash, request.BodyHash, context.RequestAborted);
        if (claim.Id is { } id)
        {
            await RunAsync(context, next, request, id);
        }
        else if (claim.IsOtherBody)
        {
            throw new ControlPlaneException(ErrorCode.IdempotencyKeyReused,
                $"The {IdempotencyKey.Header} was used for another body. Send a new key for another request.");
        }
        else if (claim.Answer is { } answer)
        {
            await WriteAsync(context, IdempotencySecrets.Decrypt(answer, request));
        }
        else
        {
            throw new ControlPlaneException(ErrorCode.IdempotencyKeyInUse,
                $"The first request with this {IdempotencyKey.Header} is not answered yet. Try again in a moment.");
        }
    }

    private async Task RunAsync(HttpContext context, RequestDelegate next, RequestFingerprint request, Guid claim)
    {
        StoredAnswer answer;
        try
        {
            answer = await ReadAnswerAsync(context, next);
        }
        catch
        {
            await answers.ReleaseAsync(request.KeyHash, claim, CancellationToken.None);
            throw;
        }

        if (answer.Status is >= 200 and < 300)
        {
            byte[] encrypted = IdempotencySecrets.Encrypt(answer, request);
            await answers.SaveAsync(request.KeyHash, claim, encrypted, CancellationToken.None);
        }
        else
        {
            await answers.ReleaseAsync(request.KeyHash, claim, CancellationToken.None);
        }

        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static async Task<StoredAnswer> ReadAnswerAsync(HttpContext context, RequestDelegate next)
    {
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var aborted = context.RequestAborted;
        using var buffer = new MemoryStream();
        var buffered = new StreamResponseBodyFeature(buffer);
        context.Features.Set<IHttpResponseBodyFeature>(buffered);
        // A caller that has gone sends the request again, and gets the answer of this one.
        context.RequestAborted = CancellationToken.None;
        try
        {
            await next(context);
            await buffered.CompleteAsync();
        }
        finally
        {
            context.Features.Set(original);
            context.RequestAborted = aborted;
        }

        var response = context.Response;
        return new StoredAnswer(
            response.StatusCode, response.ContentType, response.Headers.Location, buffer.ToArray());
    }

    private static ValueTask WriteAsync(HttpContext context, StoredAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.Headers.Location = answer.Location;
        return context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
