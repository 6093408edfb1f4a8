using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbeddedTemporal;

/// <summary>The settings of an embedded Temporal server.</summary>
public sealed record EmbeddedTemporalOptions
{
    /// <summary>
    /// The TCP port on 127.0.0.1, 0 to 65535; 0 selects a free port (see <see cref="EmbeddedTemporalServer.Port"/>).
    /// </summary>
    public int Port { get; init; }

    /// <summary>
    /// The SQLite file that stores all state. A missing file is created, in an existing folder. Only one server at a
    /// time can use the file. Null keeps all state in memory.
    /// </summary>
    public string? DatabaseFile { get; init; }

    /// <summary>The namespaces to create at startup, unless the database file already contains them.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["default"];

    /// <summary>
    /// The time for which closed runs of <see cref="Namespaces"/> are kept, at least one hour. Namespaces registered by
    /// RPC specify their own retention.
    /// </summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The clock for events, timers, retries, timeouts and retention. Polls wait in real time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The factory of the server's loggers. Log entries never contain payloads.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
