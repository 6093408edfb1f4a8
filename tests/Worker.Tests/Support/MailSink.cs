using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;
using Testing;

namespace Worker.Tests.Support;

/// <summary>A mail server that keeps what it receives.</summary>
public sealed partial class MailSink : MessageStore, IAsyncDisposable
{
    private readonly Channel<string> mails = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public MailSink()
    {
        var services = new ServiceProvider();
        services.Add(this);
        var options = new SmtpServerOptionsBuilder()
            .ServerName("sink.example")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)))
            .Build();
        running = new SmtpServer.SmtpServer(options, services).StartAsync(stop.Token);
    }

    public int Port { get; } = FreePort.Find();

    public override async Task<SmtpResponse> SaveAsync(
        ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken)
    {
        await mails.Writer.WriteAsync(Encoding.UTF8.GetString(buffer), cancellationToken);
        return SmtpResponse.Ok;
    }

    /// <summary>Waits for the next mail and returns it as text, without line breaks of the transfer.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        string mail = await mails.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(
            TimeSpan.FromSeconds(30), cancellationToken);
        return mail.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
    }

    /// <summary>The first link of a mail.</summary>
    public static Uri LinkIn(string mail) => new(Link().Match(mail).Value);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [GeneratedRegex(@"https?://[^\s""<>]*action-token[^\s""<>]*", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
