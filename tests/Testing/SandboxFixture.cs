using Sandbox.Hosting;
using Xunit;

namespace Testing;

/// <summary>
/// The outside world in this process, on free ports, with nothing on disk. One for an assembly
/// (<c>[assembly: AssemblyFixture(typeof(SandboxFixture))]</c>): tests share it, and keep apart by unique names.
/// </summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private SandboxHost? sandbox;
    private SandboxControl? control;

    public SandboxHost Sandbox => sandbox ?? throw new InvalidOperationException("The sandbox has not started.");

    /// <summary>Faults, journal and mails.</summary>
    public SandboxControl Control => control ?? throw new InvalidOperationException("The sandbox has not started.");

    /// <summary>A name that no other test has: letters and digits, starts with a letter, ten characters.</summary>
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
