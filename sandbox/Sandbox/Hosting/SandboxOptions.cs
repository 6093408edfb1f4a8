using System.Net;
using Sandbox.Keycloak;
using Sandbox.Novu;
using Sandbox.S3;

namespace Sandbox.Hosting;

/// <summary>Options of the sandbox. The defaults are the addresses of the quick start.</summary>
public sealed record SandboxOptions
{
    /// <summary>Options for tests: free ports, and state in memory.</summary>
    public static SandboxOptions OnFreePorts { get; } =
        new() { KeycloakPort = 0, S3Port = 0, NovuPort = 0, TemporalPort = 0 };

    /// <summary>Port on 127.0.0.1; 0 selects a free one; null does not start this part.</summary>
    public int? KeycloakPort { get; init; } = 8080;

    /// <inheritdoc cref="KeycloakPort"/>
    public int? S3Port { get; init; } = 9000;

    /// <inheritdoc cref="KeycloakPort"/>
    public int? NovuPort { get; init; } = 3000;

    /// <inheritdoc cref="KeycloakPort"/>
    public int? TemporalPort { get; init; } = 7233;

    /// <summary>The address on which Keycloak, S3 and Novu listen. A container needs another one.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Address of a real Keycloak, proxied with faults and journal; null starts the stand-in.</summary>
    public Uri? KeycloakUpstream { get; init; }

    /// <summary>Address of a real object store, proxied with faults and journal; null starts the stand-in.</summary>
    public Uri? S3Upstream { get; init; }

    /// <summary>Address of a real PostgreSQL, proxied with faults and journal; null starts no proxy.</summary>
    public DnsEndPoint? PostgresUpstream { get; init; }

    /// <inheritdoc cref="KeycloakPort"/>
    public int PostgresPort { get; init; }

    /// <summary>Folder for the state; null keeps it in memory until the process ends.</summary>
    public string? DataDirectory { get; init; }

    public KeycloakOptions Keycloak { get; init; } = new();

    public S3Options S3 { get; init; } = new();

    public NovuOptions Novu { get; init; } = new();

    /// <summary>Temporal namespaces that exist from the start; a new server has "default".</summary>
    public IReadOnlyList<string> TemporalNamespaces { get; init; } = ["default"];

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
