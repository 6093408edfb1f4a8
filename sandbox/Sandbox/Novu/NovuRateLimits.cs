using System.Collections.Concurrent;
using System.Globalization;

namespace Sandbox.Novu;

/// <summary>
/// Limits as in Novu's cloud, free plan, counted over five seconds: https://docs.novu.co/api-reference/rate-limiting .
/// A self-hosted Novu has none unless told to.
/// </summary>
internal sealed class NovuRateLimits(TimeProvider time)
{
    private const int Window = 5;

    private readonly ConcurrentDictionary<(string Category, long Window), int> spent = new();

    public static Func<HttpContext, RequestDelegate, Task> Middleware(TimeProvider time)
    {
        var limits = new NovuRateLimits(time);
        return (context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/v1") || context.Request.Path.StartsWithSegments("/v2"))
                limits.Spend(context);
            return next(context);
        };
    }

    private void Spend(HttpContext context)
    {
        var (category, perSecond) = Category(context.Request.Path);
        var limit = perSecond * Window;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var left = limit - spent.AddOrUpdate((category, now / Window), 1, (_, count) => count + 1);
        foreach (var old in spent.Keys.Where(key => key.Window < now / Window))
            spent.TryRemove(old, out _);
        var reset = (Window - (now % Window)).ToString(CultureInfo.InvariantCulture);
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = Math.Max(0, left).ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Reset"] = reset;
        headers["RateLimit-Policy"] =
            $"{limit};w={Window};comment=\"token bucket\";category=\"{category}\";cost=\"single\";" +
            "serviceLevel=\"free\"";
        if (left >= 0)
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
