using Api.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Server;

/// <summary>
/// Refuses a long address with 414 and large headers with 431. Kestrel would answer without a body, so its own limits
/// lie above these.
/// </summary>
internal static class HeadLimitExtensions
{
    private const int MaxTarget = 8 * 1024;
    private const int MaxHeaders = 32 * 1024;
    private const int MaxHeaderCount = 100;

    public static void RaiseHeadLimits(this KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = 8 * MaxTarget;
        limits.MaxRequestHeadersTotalSize = 4 * MaxHeaders;
        limits.MaxRequestHeaderCount = 10 * MaxHeaderCount;
    }

    /// <summary>Adds the middleware, after <see cref="ProblemDetailsExtensions.UseProblemDetails"/>.</summary>
    public static void UseHeadLimits(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length > MaxTarget)
        {
            throw new BadHttpRequestException("The address is too long.", StatusCodes.Status414UriTooLong);
        }

        var headers = context.Request.Headers;
        return headers.Sum(header => header.Value.Count) > MaxHeaderCount
            || headers.Sum(header => header.Value.Sum(value => header.Key.Length + (value?.Length ?? 0))) > MaxHeaders
                ? throw new BadHttpRequestException(
                    "The headers are too large.", StatusCodes.Status431RequestHeaderFieldsTooLarge)
                : next(context);
    });
}
