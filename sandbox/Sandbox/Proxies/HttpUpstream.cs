using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Sandbox.Proxies;

/// <summary>
/// Forwards calls to a real server. Host and path are forwarded unchanged, byte for byte: signatures cover them, and
/// Keycloak builds its issuer from them.
/// </summary>
internal sealed class HttpUpstream(Uri address) : HttpTransformer, IDisposable
{
    private static readonly ForwarderRequestConfig NoTimeout =
        new() { ActivityTimeout = Timeout.InfiniteTimeSpan, Version = HttpVersion.Version11 };

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
    });

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var target = httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        proxyRequest.RequestUri = new Uri(
            destinationPrefix + target,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        proxyRequest.Headers.Host = httpContext.Request.Host.Value;
    }

    /// <summary>
    /// Forwards the call. If the server does not answer, the caller's connection is aborted, as without a proxy.
    /// </summary>
    public async Task ForwardAsync(HttpContext context, IHttpForwarder forwarder)
    {
        var prefix = address.GetLeftPart(UriPartial.Authority);
        if (await forwarder.SendAsync(context, prefix, client, NoTimeout, this) != ForwarderError.None)
            context.Abort();
    }

    public void Dispose() => client.Dispose();
}

internal static class UpstreamEndpoints
{
    /// <summary>Forwards every path to the server, except the sandbox's own.</summary>
    public static void MapUpstream(this WebApplication app, HttpUpstream upstream)
    {
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.MapFallback("{**path}", context => upstream.ForwardAsync(context, forwarder));
    }
}
