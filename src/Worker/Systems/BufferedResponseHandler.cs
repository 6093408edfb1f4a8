namespace Worker.Systems;

/// <summary>
/// Reads an answer to its end within the call: a client's timeout otherwise ends with the headers, and a server that
/// falls silent in the middle of a body keeps whoever reads it for ever.
/// </summary>
public sealed class BufferedResponseHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
