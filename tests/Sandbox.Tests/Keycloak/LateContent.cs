using System.Net;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// A body that is sent after something else: the server asks for it (100 Continue) when it has looked at the rest of
/// the call, so that this is what happens between a look and a change.
/// </summary>
internal sealed class LateContent : HttpContent
{
    private readonly HttpContent body;
    private readonly Func<Task> before;

    public LateContent(HttpContent body, Func<Task> before)
    {
        (this.body, this.before) = (body, before);
        foreach (var (name, values) in body.Headers)
            Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>A call with such a body.</summary>
    public static HttpRequestMessage Request(HttpMethod method, Uri address, HttpContent body, Func<Task> before)
    {
        var request = new HttpRequestMessage(method, address) { Content = new LateContent(body, before) };
        request.Headers.ExpectContinue = true;
        return request;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await before();
        await body.CopyToAsync(stream, context);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Headers.ContentLength ?? 0;
        return body.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            body.Dispose();
        base.Dispose(disposing);
    }
}
