using FunctionsHost;
using Testing;

namespace Api.Tests;

/// <summary>Starts the Functions app in this process, behind the stand-in of the Functions host.</summary>
internal static class Head
{
    /// <summary>Whether a host, which is not ours, reads the request first.</summary>
    public const bool IsBehindHost = true;

    private static readonly string Folder = Path.Combine(Commands.Root, "artifacts/bin/Functions/release");

    // The worker reads this name from the environment only, and throws without it.
    static Head() => Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", Folder);

    public static async Task<IHead> StartAsync(
        IReadOnlyDictionary<string, string> settings, TimeProvider time, LogLines log) =>
        new Hosted(await FunctionsHostServer.StartAsync(
            new FunctionsHostOptions
            {
                AppFolder = Folder,
                StartWorker = (start, _) => InProcessWorker.StartAsync(start, settings, time, log),
            },
            TestContext.Current.CancellationToken));

    private sealed class Hosted(FunctionsHostServer host) : IHead
    {
        public Uri Address => host.Address;

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
