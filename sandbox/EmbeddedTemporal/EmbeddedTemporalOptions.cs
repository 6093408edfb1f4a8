using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbeddedTemporal;

/// <summary>How an embedded Temporal server runs.</summary>
public sealed record EmbeddedTemporalOptions
{
    /// <summary>
    /// TCP port on 127.0.0.1, 0 to 65535; 0 takes a free one (see <see cref="EmbeddedTemporalServer.Port"/>).
    /// </summary>
    public int Port { get; init; }

    /// <summary>
    /// SQLite file that keeps all state, made if it is missing; its folder must exist, and one server at a time may
    /// use it. Null keeps everything in memory.
    /// </summary>
    public string? DatabaseFile { get; init; }

    /// <summary>Namespaces that exist from the start, if they are not in the file already.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["default"];

    /// <summary>
    /// How long closed runs of <see cref="Namespaces"/> can be described and shown, at least one hour. Namespaces
    /// registered by RPC bring their own.
    /// </summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The clock of events, timers, retries, timeouts and retention. Polls wait in real time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the server logs. Nothing it logs holds payloads.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
