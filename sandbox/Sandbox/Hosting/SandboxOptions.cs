using System.Net;
using Sandbox.Keycloak;
using Sandbox.Novu;
using Sandbox.S3;

namespace Sandbox.Hosting;

/// <summary>What the sandbox plays, and where. The defaults are the addresses of the quick start.</summary>
public sealed record SandboxOptions
{
    /// <summary>Every port free, nothing on disk: what tests want.</summary>
    public static SandboxOptions OnFreePorts { get; } =
        new() { KeycloakPort = 0, S3Port = 0, NovuPort = 0, TemporalPort = 0 };

    /// <summary>Port on 127.0.0.1; 0 takes a free one; null does not start this part.</summary>
    public int? KeycloakPort { get; init; } = 8080;

    /// <inheritdoc cref="KeycloakPort"/>
    public int? S3Port { get; init; } = 9000;

    /// <inheritdoc cref="KeycloakPort"/>
    public int? NovuPort { get; init; } = 3000;

    /// <inheritdoc cref="KeycloakPort"/>
    public int? TemporalPort { get; init; } = 7233;

    /// <summary>A real Keycloak: faults and journal stand before it instead of before the stand-in.</summary>
    public Uri? KeycloakUpstream { get; init; }

    /// <summary>A real object store, likewise.</summary>
    public Uri? S3Upstream { get; init; }

    /// <summary>A PostgreSQL: faults and journal stand before it; null starts no such proxy.</summary>
    public DnsEndPoint? PostgresUpstream { get; init; }

    /// <inheritdoc cref="KeycloakPort"/>
    public int PostgresPort { get; init; }

    /// <summary>Folder that keeps the state; null keeps it in memory until the end of the process.</summary>
    public string? DataDirectory { get; init; }

    public KeycloakOptions Keycloak { get; init; } = new();

    public S3Options S3 { get; init; } = new();

    public NovuOptions Novu { get; init; } = new();

    /// <summary>Temporal namespaces that exist from the start, as a new server has "default".</summary>
    public IReadOnlyList<string> TemporalNamespaces { get; init; } = ["default"];

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
