using Testing;

namespace Torture.Tests;

/// <summary>Runs a sample of the fault matrix, and a cell with a faked undo, as <c>./dev torture</c> does.</summary>
public sealed class MatrixSampleTests
{
    [Fact]
    public async Task A_tenant_ends_active_or_gone_in_each_cell_of_a_sample()
    {
        var result = await TortureAsync(
            "--filter", "create-idp.create/lost",
            "--filter", "create-idp.create/cancelled",
            "--filter", "create-admin-user.import/late-in-undo",
            "--filter", "create-admin-user.import/temporal-killed",
            "--filter", "provision-database.make/disk-full",
            "--filter", "provision-database.make/swept",
            "--filter", "provision-database.make/worker-killed-after",
            "--filter", "provision-storage.create/foreign",
            "--filter", "provision-storage.undo.delete/reset",
            "--filter", "provision-storage.undo.delete/switched-off",
            "--filter", "create-resources.seal/terminated",
            "--filter", "activate-tenant.activate/lost",
            "--filter", "activate-tenant.report/refused",
            "--filter", "send-notification.trigger/lost");

        result.EnsureSuccess();
        Assert.Contains("14 green, 0 red", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task A_faked_undo_makes_its_cell_fail()
    {
        var result = await TortureAsync(
            "--filter", "provision-storage.tag/refused", "--break-undo", "provision-storage");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("left: expected nothing, found bucket tenant-", result.Output, StringComparison.Ordinal);
        Assert.Contains(
            "--break-undo provision-storage --filter provision-storage.tag/refused",
            result.Output, StringComparison.Ordinal);
    }

    private static Task<CommandResult> TortureAsync(params string[] arguments) => Commands.RunAsync(
        Path.Combine(Commands.Root, "artifacts", "bin", "Torture", "release", "Torture"),
        arguments,
        new Dictionary<string, string?> { ["NO_COLOR"] = "1" });
}
