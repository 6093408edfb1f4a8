using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Sandbox.Proxies;

/// <summary>
/// A real server behind the faults. Each call passes as it is, Host and path to the letter: a signature covers them,
/// and Keycloak builds its issuer from them.
/// </summary>
internal sealed class HttpUpstream(Uri address) : HttpTransformer, IDisposable
{
    private static readonly ForwarderRequestConfig AsLongAsItTakes =
        new() { ActivityTimeout = Timeout.InfiniteTimeSpan, Version = HttpVersion.Version11 };

    private readonly HttpMessageInvoker server = new(new SocketsHttpHandler
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

    /// <summary>Hands the call on; where nobody answers, the caller's connection is cut, as without a proxy.</summary>
    public async Task AnswerAsync(HttpContext context, IHttpForwarder forwarder)
    {
        var prefix = address.GetLeftPart(UriPartial.Authority);
        if (await forwarder.SendAsync(context, prefix, server, AsLongAsItTakes, this) != ForwarderError.None)
            context.Abort();
    }

    public void Dispose() => server.Dispose();
}

internal static class UpstreamEndpoints
{
    /// <summary>Every path but the sandbox's own goes to the server.</summary>
    public static void MapUpstream(this WebApplication app, HttpUpstream upstream)
    {
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.MapFallback("{**path}", context => upstream.AnswerAsync(context, forwarder));
    }
}
