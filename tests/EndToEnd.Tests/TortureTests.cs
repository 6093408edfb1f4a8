using Testing;

namespace EndToEnd.Tests;

/// <summary>A sample of the fault matrix, and that the matrix sees an undo that only claims to be done.</summary>
public sealed class TortureTests
{
    [Fact]
    public async Task Whatever_breaks_the_tenant_ends_active_or_gone()
    {
        var said = await TortureAsync(
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

        said.AndSucceeded();
        Assert.Contains("14 green, 0 red", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("About", "stand-ins")]
    public async Task An_undo_that_only_claims_to_be_done_is_found_out()
    {
        var said = await TortureAsync(
            "--filter", "provision-storage.tag/refused", "--break-undo", "provision-storage");

        Assert.Equal(1, said.ExitCode);
        Assert.Contains("left: expected nothing, found bucket tenant-", said.Output, StringComparison.Ordinal);
        Assert.Contains(
            "--break-undo provision-storage --filter provision-storage.tag/refused",
            said.Output, StringComparison.Ordinal);
    }

    private static Task<Said> TortureAsync(params string[] arguments) => Commands.RunAsync(
        Path.Combine(Commands.Root, "artifacts", "bin", "Torture", "release", "Torture"),
        arguments,
        new Dictionary<string, string?> { ["NO_COLOR"] = "1" });
}
