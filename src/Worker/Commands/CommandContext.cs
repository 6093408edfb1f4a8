using Microsoft.Extensions.Hosting;
using Worker.Systems;

namespace Worker.Commands;

/// <summary>The environment of a command: the outside systems, the output and the source of settings.</summary>
/// <param name="Systems">The registered outside systems.</param>
public sealed record CommandContext(IReadOnlyList<OutsideSystem> Systems)
{
    /// <summary>The destination of the output.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>The source of settings; null for the process's own environment.</summary>
    public HostApplicationBuilderSettings? Host { get; init; }
}
