using System.Net;
using System.Text;
using System.Threading.Channels;
using Xunit;

namespace Testing;

/// <summary>A receiver of metrics by OTLP over HTTP (protobuf), which knows the names in what it received.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Channel<string> received = Channel.CreateUnbounded<string>();
    private readonly Task receiving;

    public OtlpCollector()
    {
        Address = $"http://127.0.0.1:{FreePort.Find()}";
        listener.Prefixes.Add($"{Address}/v1/metrics/");
        listener.Start();
        receiving = ReceiveAsync();
    }

    /// <summary>The address for <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string Address { get; }

    /// <summary>Returns when all names have arrived, in any order and number of calls.</summary>
    /// <exception cref="TimeoutException">
    /// A name has not arrived within 30 s; the text lists what is missing.
    /// </exception>
    public async Task ReceiveAllAsync(params string[] names)
    {
        var missing = names.ToHashSet();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            while (missing.Count > 0)
            {
                string sent = await received.Reader.ReadAsync(limit.Token);
                missing.RemoveWhere(name => sent.Contains(name, StringComparison.Ordinal));
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Not received: {string.Join(", ", missing)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await receiving;
    }

    // To the end: an exporter that stops sends once more, and waits for the answer.
    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var call = await listener.GetContextAsync();
                using var body = new StreamReader(call.Request.InputStream, Encoding.Latin1);
                await received.Writer.WriteAsync(await body.ReadToEndAsync());
                call.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The listener was closed.
        }
    }
}
