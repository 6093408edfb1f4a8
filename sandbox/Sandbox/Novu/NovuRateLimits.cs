using System.Collections.Concurrent;
using System.Globalization;

namespace Sandbox.Novu;

/// <summary>
/// Rate limits of Novu's cloud (free plan), counted over five seconds:
/// https://docs.novu.co/api-reference/rate-limiting . A self-hosted Novu has none by default.
/// </summary>
internal sealed class NovuRateLimits(TimeProvider time)
{
    private const int WindowSeconds = 5;

    private readonly ConcurrentDictionary<(string Category, long Window), int> calls = new();

    public static Func<HttpContext, RequestDelegate, Task> Middleware(TimeProvider time)
    {
        var limits = new NovuRateLimits(time);
        return (context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/v1") || context.Request.Path.StartsWithSegments("/v2"))
                limits.Count(context);
            return next(context);
        };
    }

    private void Count(HttpContext context)
    {
        var (category, perSecond) = Category(context.Request.Path);
        var limit = perSecond * WindowSeconds;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var window = now / WindowSeconds;
        var remaining = limit - calls.AddOrUpdate((category, window), 1, (_, count) => count + 1);
        foreach (var expired in calls.Keys.Where(key => key.Window < window))
            calls.TryRemove(expired, out _);
        var reset = (WindowSeconds - (now % WindowSeconds)).ToString(CultureInfo.InvariantCulture);
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = Math.Max(0, remaining).ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = reset;
        headers["RateLimit-Policy"] =
            $"{limit};w={WindowSeconds};comment=\"token bucket\";category=\"{category}\";cost=\"single\";" +
            "serviceLevel=\"free\"";
        if (remaining >= 0)
            return;
        headers.RetryAfter = reset;
        throw new NovuException(429, "API rate limit exceeded", "Too Many Requests");
    }

    private static (string Name, int PerSecond) Category(PathString path) => path switch
    {
        _ when path.StartsWithSegments("/v1/events") => ("trigger", 60),
        _ when path.StartsWithSegments("/v2/subscribers") => ("configuration", 20),
        _ when path.StartsWithSegments("/v2/workflows") => ("configuration", 20),
        _ => ("global", 30),
    };
}
