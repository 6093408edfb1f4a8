using System.Diagnostics;
using System.Reflection;

namespace Infra.Tests.Support;

/// <summary>The Bicep CLI of NuGet. It works without a network.</summary>
internal static class Bicep
{
    private static readonly string Path = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "BicepPath").Value!;

    /// <returns>The standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed, or it warned.</exception>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string messages = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && messages.Length == 0
            ? await output
            : throw new InvalidOperationException($"bicep {string.Join(' ', arguments)}: {messages}{await output}");
    }
}
