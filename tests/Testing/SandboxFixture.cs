using Sandbox.Hosting;
using Xunit;

namespace Testing;

/// <summary>
/// The sandbox in this process, on free ports and in memory. Use one per assembly
/// (<c>[assembly: AssemblyFixture(typeof(SandboxFixture))]</c>); the tests share it and use unique names.
/// </summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private SandboxHost? sandbox;
    private SandboxControl? control;

    public SandboxHost Sandbox => sandbox ?? throw new InvalidOperationException("The sandbox has not started.");

    /// <summary>The client for faults, journal and mails.</summary>
    public SandboxControl Control => control ?? throw new InvalidOperationException("The sandbox has not started.");

    /// <summary>Returns a unique name: ten letters and digits, the first one a letter.</summary>
    public static string UniqueKey() => "t" + Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N")[^9..];

    public async ValueTask InitializeAsync()
    {
        sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts, TestContext.Current.CancellationToken);
        control = new SandboxControl(sandbox.Novu!);
    }

    public async ValueTask DisposeAsync()
    {
        control?.Dispose();
        if (sandbox is not null)
            await sandbox.DisposeAsync();
    }
}
