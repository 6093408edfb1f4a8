using System.Net;
using System.Net.Sockets;
using System.Text;
using ControlPlane;
using ControlPlane.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Worker.Hosting;

/// <param name="Port"><c>HEALTH_PORT</c>; null: no endpoint.</param>
public sealed record HealthOptions(int? Port)
{
    public static HealthOptions From(SettingsReader settings) => new(
        settings.Find("HEALTH_PORT") is null ? null : settings.Number("HEALTH_PORT", 0, 1, 65535));
}

/// <summary>
/// Answers the probes of a container platform on every IPv4 address: <c>/health/live</c> while the process works, with
/// its version, and <c>/health/ready</c> while the worker polls, with the migration that it waits for and the ids of
/// the systems that are switched off. One request a
/// connection, and only its first line is read, so the worker needs no web server.
/// </summary>
public sealed partial class HealthEndpoint(
    HealthOptions options, WorkerHealth health, SystemsOff off, TimeProvider time, ILogger<HealthEndpoint> logger)
    : BackgroundService
{
    private const string Live = "/health/live";
    private const string Ready = "/health/ready";

    private const int MaxRequestBytes = 8192;
    private static readonly TimeSpan ConnectionTimeout = TimeSpan.FromSeconds(5);

    private TcpListener? listener;

    /// <exception cref="SettingException">The port cannot be opened.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Port is { } port)
        {
            listener = new TcpListener(IPAddress.Any, port);
            try
            {
                listener.Start();
            }
            catch (SocketException e)
            {
                throw new SettingException(
                    "HEALTH_PORT", $"{port}, which cannot be opened ({e.Message})", "a free port");
            }

            LogListening(port);
        }

        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        listener?.Dispose();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (listener is not null && !stoppingToken.IsCancellationRequested)
            {
                // A slow client must not delay the next probe, so this is not awaited.
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(stoppingToken), stoppingToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken stoppingToken)
    {
        using var connection = client;
        using var limit = new CancellationTokenSource(ConnectionTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            var stream = client.GetStream();
            string path = await ReadPathAsync(stream, stop.Token);
            var (status, text) = StateAt(path);
            string body = $$"""{"status":"{{text}}"{{DetailsAt(path)}}}""";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"
                + $"Connection: close\r\n\r\n{body}"), stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client left, or sent nothing in time.
        }
    }

    private (string Status, string Text) StateAt(string path) => path switch
    {
        Live => ("200 OK", "alive"),
        Ready when health.IsServing => ("200 OK", "ready"),
        Ready => ("503 Service Unavailable", "waiting"),
        _ => ("404 Not Found", "not_found"),
    };

    // Every text is our own, so none needs escaping.
    private string DetailsAt(string path)
    {
        if (path == Live)
        {
            return $",\"version\":\"{ProductVersion.Current}\"";
        }

        string ids = string.Join(',', off.Systems.Select(system => $"\"{system.Id}\""));
        return path != Ready ? ""
            : (health.MissingMigration is { } migration ? $",\"migration\":\"{migration}\"" : "")
                + (ids.Length > 0 ? $",\"switchedOff\":[{ids}]" : "");
    }

    // The whole head is read: closing a connection with unread bytes would reset it before the answer arrives.
    private static async Task<string> ReadPathAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxRequestBytes];
        int length = 0;
        while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        string[] line = Encoding.ASCII.GetString(buffer, 0, length).Split('\r')[0].Split(' ');
        return line is ["GET" or "HEAD", { } path, _] ? path : "";
    }

    [LoggerMessage(EventId = 117, Level = LogLevel.Information, Message = "Health endpoint: port {Port}")]
    private partial void LogListening(int port);
}
