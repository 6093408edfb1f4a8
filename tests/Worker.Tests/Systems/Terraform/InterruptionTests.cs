using System.Globalization;
using ControlPlane;
using ControlPlane.Security;
using Microsoft.Extensions.Configuration;
using Testing;
using Worker.Steps;
using Worker.Systems.Terraform;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Terraform;

/// <summary>
/// Runs that are killed, cancelled or cut off from their state. The module makes a first resource, which writes a line
/// to a file, and a second one that waits until the test lets it go.
/// </summary>
public sealed class InterruptionTests(TerraformFixture fixture) : IClassFixture<TerraformFixture>, IAsyncLifetime
{
    private readonly string made = fixture.NewPath();
    private readonly string started = fixture.NewPath();
    private readonly string go = fixture.NewPath();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private string Blocked =>
        $$"""
        resource "terraform_data" "first" {
          input = var.tenant_key
          provisioner "local-exec" {
            command = "echo made >>{{made}}"
          }
        }
        resource "terraform_data" "second" {
          input = terraform_data.first.output
          provisioner "local-exec" {
            command = "touch {{started}}; until [ -e {{go}} ]; do sleep 0.05; done"
          }
        }
        """;

    public ValueTask InitializeAsync()
    {
        TerraformFixture.SkipWhereMissing();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_killed_workers_apply_goes_on_and_the_next_try_takes_up_what_it_made()
    {
        var tenant = await GivenKilledWorkerAsync();

        var e = await Assert.ThrowsAsync<TerraformException>(fixture.Step(tenant).ExecuteAsync);
        await File.WriteAllTextAsync(go, "", CancellationToken);
        await AssertMore.EventuallyAsync(fixture.Step(tenant).ExecuteAsync);

        Assert.Equal(ErrorClass.Connection, e.Class);
        Assert.Equal(["made"], await File.ReadAllLinesAsync(made, CancellationToken));
        Assert.Equal(["terraform_data.first", "terraform_data.second"], await fixture.ResourcesAsync(tenant));
        Assert.Empty(Directory.GetDirectories(fixture.WorkFolder));
    }

    [Fact]
    public async Task After_the_kill_of_worker_and_run_no_lock_is_left()
    {
        var tenant = await GivenKilledWorkerAsync();
        string folder = Assert.Single(Directory.GetDirectories(fixture.WorkFolder));
        string run = (await File.ReadAllTextAsync(Path.Combine(folder, "pid"), CancellationToken)).Trim();
        (await Testing.Commands.RunAsync("kill", ["-9", "--", $"-{run}"], new Dictionary<string, string?>()))
            .EnsureSuccess();
        await File.WriteAllTextAsync(go, "", CancellationToken);

        await AssertMore.EventuallyAsync(fixture.Step(tenant).ExecuteAsync);

        Assert.Equal(["terraform_data.first", "terraform_data.second"], await fixture.ResourcesAsync(tenant));
        Assert.Empty(Directory.GetDirectories(fixture.WorkFolder));
    }

    [Fact]
    public async Task The_undo_stops_a_killed_workers_apply_and_destroys_what_it_made()
    {
        var tenant = await GivenKilledWorkerAsync();

        await fixture.UndoAsync(tenant);

        Assert.Equal(0, await fixture.PlacesAsync(tenant));
        Assert.Empty(Directory.GetDirectories(fixture.WorkFolder));
    }

    [Fact]
    public async Task A_cancelled_apply_shows_its_progress_until_then_and_is_rolled_back()
    {
        await fixture.GivenModuleAsync(Blocked);
        var provisioning = fixture.Provisioning;
        var tenant = await provisioning.GivenTenantAsync();
        await provisioning.StartAsync(tenant);
        await TerraformFixture.WaitForAsync(started);
        await AssertMore.EventuallyAsync(
            () => fixture.ProgressAsync(tenant), progress => progress == "2 of 3 resources");

        await provisioning.CancelAsync(tenant);

        await AssertMore.EventuallyAsync(
            () => provisioning.StatusAsync(tenant), status => status == "PROVISION_FAILED");
        Assert.Equal(0, await fixture.PlacesAsync(tenant));
        Assert.Empty(Directory.GetDirectories(fixture.WorkFolder));
    }

    [Fact]
    public async Task The_undo_destroys_what_a_plan_that_failed_half_way_has_made()
    {
        await fixture.GivenModuleAsync(
            """
            resource "terraform_data" "first" {
              input = var.tenant_key
            }
            resource "terraform_data" "second" {
              input = terraform_data.first.output
              provisioner "local-exec" {
                command = "exit 1"
              }
            }
            """);
        var tenant = await fixture.GivenTenantAsync();
        var e = await Assert.ThrowsAsync<TerraformException>(fixture.Step(tenant).ExecuteAsync);
        string[] half = await fixture.ResourcesAsync(tenant);

        await fixture.UndoAsync(tenant);

        Assert.Equal("terraform apply failed at terraform_data.second: the provider reports an error.", e.Message);
        Assert.Contains("terraform_data.first", half);
        Assert.Equal(0, await fixture.PlacesAsync(tenant));
    }

    [Fact]
    public async Task A_state_that_could_not_be_saved_is_saved_by_the_next_try()
    {
        await fixture.GivenModuleAsync(Blocked);
        var tenant = await fixture.GivenTenantAsync();
        var running = fixture.Step(tenant).ExecuteAsync();
        await TerraformFixture.WaitForAsync(started);
        string role = TerraformFixture.NameOf(tenant);
        await fixture.ExecuteOnStatesAsync($"ALTER ROLE \"{role}\" NOLOGIN");
        await fixture.ExecuteOnStatesAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role);
        await File.WriteAllTextAsync(go, "", CancellationToken);

        var e = await Assert.ThrowsAsync<TerraformException>(() => running);
        int kept = Directory.GetDirectories(fixture.WorkFolder).Length;
        await fixture.Step(tenant).ExecuteAsync();

        Assert.Equal((ErrorClass.Connection, true), (e.Class, e.RefusesCredentials));
        Assert.Equal(1, kept);
        Assert.Equal(["made"], await File.ReadAllLinesAsync(made, CancellationToken));
        Assert.Equal(["terraform_data.first", "terraform_data.second"], await fixture.ResourcesAsync(tenant));
        Assert.Empty(Directory.GetDirectories(fixture.WorkFolder));
    }

    [Fact]
    public async Task An_outage_of_the_state_database_is_waited_out()
    {
        await fixture.GivenModuleAsync("");
        var provisioning = fixture.Provisioning;
        var tenant = await provisioning.GivenTenantAsync();
        int tries = 0;
        Restored? outage = null;
        string? state = null;
        provisioning.Hooks.Before("ProvisionInfrastructure", tenant, async () =>
        {
            tries++;
            if (tries == 1)
            {
                outage = await fixture.RenameStatesAsync();
            }
            else if (tries == 6)
            {
                state = (await provisioning.ProgressAsync(tenant)).Steps
                    .Single(step => step.Step == ProvisionInfrastructure.Id).ErrorCode;
                await outage!.DisposeAsync();
            }
        });

        Assert.Equal("ACTIVE", (await (await provisioning.StartAsync(tenant)).GetResultAsync()).Outcome);

        // Three tries would have been the last ones for another error.
        Assert.Equal((6, "unavailable"), (tries, state));
    }

    [Fact]
    public async Task Neither_variables_nor_passwords_nor_a_providers_text_are_in_rows_logs_histories_or_command_lines()
    {
        const string Secret = "a-variable-that-stays-private";
        string processes = fixture.NewPath();
        await fixture.GivenVariablesAsync($$"""{"provider_password": "{{Secret}}"}""");
        await fixture.GivenModuleAsync(
            $$"""
            variable "provider_password" {}
            resource "terraform_data" "first" {
              input = var.tenant_key
              provisioner "local-exec" {
                environment = { WORD = var.provider_password }
                command     = "cat /proc/[0-9]*/cmdline >>{{processes}} 2>/dev/null; echo $WORD >&2; exit 1"
              }
            }
            """);
        var provisioning = fixture.Provisioning;
        var tenant = await provisioning.GivenTenantAsync();

        var failure = await provisioning.FailAsync(tenant);

        string password = StateRolePassword.Derive(
            KeyRing.Parse("keys", TerraformFixture.StateKeys), ProvisioningFixture.Installation,
            TerraformFixture.NameOf(tenant));
        string histories = string.Concat(
            (await provisioning.HistoriesAsync(tenant)).Select(history => history.Decrypted));
        string[] written =
        [
            await provisioning.DatabaseTextAsync(), provisioning.Logs.Text, histories,
            await File.ReadAllTextAsync(processes, CancellationToken),
        ];
        Assert.Equal(ProvisionInfrastructure.Id, failure.FailedStep);
        Assert.Contains("terraform", written[3], StringComparison.Ordinal);
        Assert.All(written, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        Assert.All(written, text => Assert.DoesNotContain(password, text, StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(fixture.WorkFolder));
    }

    /// <summary>A worker of its own applies the blocked module, and is killed in the middle of it.</summary>
    private async Task<TestTenant> GivenKilledWorkerAsync()
    {
        await fixture.GivenModuleAsync("");
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Step(tenant).ExecuteAsync();
        await fixture.Provisioning.SetStateAsync(tenant, attempt: 1, "ACTIVE");
        await fixture.GivenModuleAsync(Blocked);
        var settings = fixture.Provisioning.HostSettings.Configuration!.AsEnumerable()
            .ToDictionary(setting => setting.Key, setting => setting.Value);
        settings["DOTNET_ENVIRONMENT"] = "Development";
        using var worker = Testing.Commands.Start(
            Path.Combine(AppContext.BaseDirectory, "Worker"), ["infrastructure", tenant.Key, "--apply"], settings);
        await TerraformFixture.WaitForAsync(started);
        worker.Kill();
        await worker.WaitForExitAsync(CancellationToken);
        Assert.True(worker.ExitCode > 128, worker.ExitCode.ToString(CultureInfo.InvariantCulture));
        await fixture.Provisioning.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        return tenant;
    }
}
