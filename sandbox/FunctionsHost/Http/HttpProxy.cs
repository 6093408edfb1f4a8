using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost.Http;

/// <summary>
/// Forwards calls to the worker's own HTTP server, as the real host does: with YARP's default headers, so that the
/// caller's X-Forwarded-* headers are replaced, without redirects and cookies.
/// </summary>
internal sealed class HttpProxy : IDisposable
{
    private readonly IHttpForwarder forwarder;
    private readonly HttpMessageInvoker client;
    private readonly ForwarderRequestConfig config;

    public HttpProxy(IHttpForwarder forwarder, FunctionsHostOptions options)
    {
        this.forwarder = forwarder;
        config = new ForwarderRequestConfig { ActivityTimeout = options.ForwardTimeout };
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        client = new HttpMessageInvoker(new ConnectRetryHandler(handler, options.TimeProvider));
    }

    public Task<ForwarderError> ForwardAsync(HttpContext context, Uri address, CancellationToken cancellationToken) =>
        forwarder.SendAsync(
            context, address.GetLeftPart(UriPartial.Authority), client, config, HttpTransformer.Default,
            cancellationToken).AsTask();

    public void Dispose() => client.Dispose();
}

/// <summary>Ten attempts for a request that does not reach the worker, with 50 to 250 ms between them.</summary>
internal sealed class ConnectRetryHandler(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    public const int Attempts = 10;

    private static readonly TimeSpan MaximumDelay = TimeSpan.FromMilliseconds(250);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var delay = TimeSpan.FromMilliseconds(50);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException) when (attempt < Attempts)
            {
                await Task.Delay(delay, time, cancellationToken);
                delay = TimeSpan.FromTicks(Math.Min((delay * (attempt + 1)).Ticks, MaximumDelay.Ticks));
            }
        }
    }
}
