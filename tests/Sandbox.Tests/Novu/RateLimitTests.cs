using System.Net;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Hosting;
using Sandbox.Novu;

namespace Sandbox.Tests.Novu;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Too_many_calls_are_refused_until_the_window_ends()
    {
        var time = new FakeTimeProvider();
        await using var sandbox = await StartAsync(time, rateLimits: true);
        using var novu = new NovuClient(sandbox.Novu!);
        for (var i = 0; i < 100; i++)
            Assert.Equal(HttpStatusCode.NotFound, (await novu.GetAsync("/v2/subscribers/x")).Status);

        using var refused = await novu.Http.GetAsync("/v2/subscribers/x");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(("100", "0"), (Header(refused, "RateLimit-Limit"), Header(refused, "RateLimit-Remaining")));
        Assert.Contains("category=\"configuration\"", Header(refused, "RateLimit-Policy"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await novu.GetAsync("/v1/health-check")).Status);

        time.Advance(refused.Headers.RetryAfter!.Delta!.Value);
        Assert.Equal(HttpStatusCode.NotFound, (await novu.GetAsync("/v2/subscribers/x")).Status);
    }

    [Fact]
    public async Task A_self_hosted_novu_has_no_rate_limits()
    {
        await using var sandbox = await StartAsync(new FakeTimeProvider(), rateLimits: false);
        using var novu = new NovuClient(sandbox.Novu!);
        using var answer = await novu.Http.GetAsync("/v2/subscribers/x");
        Assert.False(answer.Headers.Contains("RateLimit-Limit"));
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        Assert.Single(answer.Headers.GetValues(name));

    private static Task<SandboxHost> StartAsync(TimeProvider time, bool rateLimits) =>
        SandboxHost.StartAsync(new SandboxOptions
        {
            KeycloakPort = null,
            S3Port = null,
            NovuPort = 0,
            TemporalPort = null,
            TimeProvider = time,
            Novu = new NovuOptions { RateLimits = rateLimits },
        });
}
