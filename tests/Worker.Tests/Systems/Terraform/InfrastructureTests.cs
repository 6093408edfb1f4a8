using System.CommandLine;
using ControlPlane;
using Worker.Commands;
using Worker.Commands.Setup;
using Worker.Steps;
using Worker.Systems;
using Worker.Systems.Terraform;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Terraform;

/// <summary>The step, its undo and its commands with the real terraform.</summary>
public sealed class InfrastructureTests(TerraformFixture fixture) : IClassFixture<TerraformFixture>, IAsyncLifetime
{
    private const string Two =
        """
        resource "terraform_data" "first" {
          input = { name = var.tenant_key, tags = var.tags }
        }
        resource "terraform_data" "second" {
          input = terraform_data.first.output.name
        }
        output "address" {
          value = "${var.tenant_key}.example.com"
        }
        output "key" {
          value     = "a secret of the module"
          sensitive = true
        }
        """;

    public async ValueTask InitializeAsync()
    {
        TerraformFixture.SkipWhereMissing();
        await fixture.GivenModuleAsync(Two);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_tenant_becomes_active_with_the_infrastructure_of_its_tier()
    {
        var provisioning = fixture.Provisioning;
        var tenant = await provisioning.GivenTenantAsync();

        Assert.Equal("ACTIVE", (await (await provisioning.StartAsync(tenant)).GetResultAsync()).Outcome);

        Assert.Equal("DONE", (await provisioning.ProgressAsync(tenant)).Steps
            .Single(step => step.Step == ProvisionInfrastructure.Id).State);
        Assert.Equal(["terraform_data.first", "terraform_data.second"], await fixture.ResourcesAsync(tenant));
        string details = await provisioning.Postgres.ReadAsync<string>(
            "SELECT details::text FROM resources "
            + "WHERE tenant_id = $1 AND type = 'infrastructure' AND state = 'CREATED'",
            tenant.Id);
        Assert.Contains($"\"address\": \"{tenant.Key}.example.com\"", details, StringComparison.Ordinal);
        Assert.Contains("\"sensitiveOutputs\": [\"key\"]", details, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret of the module", details, StringComparison.Ordinal);
        var (_, output) = await RunAsync("verify", tenant.Key);
        Assert.Matches("✔ infrastructure +a plan changes nothing", output);
    }

    [Fact]
    public async Task Applying_twice_changes_nothing_the_second_time()
    {
        var tenant = await fixture.GivenTenantAsync();

        await fixture.Step(tenant).ExecuteAsync();
        string first = await DataAsync(tenant);
        await fixture.Step(tenant).ExecuteAsync();

        Assert.Equal(first, await DataAsync(tenant));
    }

    [Fact]
    public async Task An_undo_of_nothing_succeeds()
    {
        var tenant = await fixture.GivenTenantAsync();

        await fixture.UndoAsync(tenant);

        Assert.Equal(0, await fixture.PlacesAsync(tenant));
    }

    [Fact]
    public async Task The_undo_destroys_the_resources_and_drops_the_state_with_its_role()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Step(tenant).ExecuteAsync();
        Assert.Equal(1, await fixture.Step(tenant).FindResidueAsync());

        await fixture.UndoAsync(tenant);

        Assert.Equal(0, await fixture.Step(tenant).FindResidueAsync());
        Assert.Equal(0, await fixture.PlacesAsync(tenant));
        Assert.Equal("DELETED", await fixture.Provisioning.Postgres.ReadAsync<string>(
            "SELECT state FROM resources WHERE tenant_id = $1 AND type = 'infrastructure'", tenant.Id));
    }

    [Fact]
    public async Task The_reading_names_the_resources_of_the_state()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Step(tenant).ExecuteAsync();

        var reading = (await fixture.Provisioning.ReadResidueAsync(tenant)).Systems
            .Single(system => system.System == TerraformSystem.SystemId);

        var found = Assert.Single(reading.Found);
        Assert.Equal(("infrastructure", TerraformFixture.NameOf(tenant), 1), (found.Type, found.Name, found.Attempt));
        Assert.StartsWith(
            "2 in the state: terraform_data.first, terraform_data.second", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_attempt_takes_over_the_state_and_drift_is_converged()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Step(tenant).ExecuteAsync();
        await fixture.ExecuteOnStatesAsync($"""
            UPDATE "{TerraformFixture.NameOf(tenant)}".states
            SET data = replace(data, '"{tenant.Key}"', '"someone-elses-words"')
            """);
        await fixture.Provisioning.SetStateAsync(tenant, attempt: 2, "PROVISIONING");

        await fixture.Step(tenant, attempt: 2).ExecuteAsync();

        Assert.DoesNotContain("someone-elses-words", await DataAsync(tenant), StringComparison.Ordinal);
        Assert.Equal(2, (await fixture.StateAsync(tenant))!.Owner!.Attempt);
    }

    [Fact]
    public async Task A_place_of_another_tenant_is_a_conflict_and_stays_as_it_is()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Step(tenant).ExecuteAsync();
        var other = new OwnershipMark(ProvisioningFixture.Installation, Guid.CreateVersion7(), 1);
        await fixture.ExecuteOnStatesAsync(
            $"COMMENT ON ROLE \"{TerraformFixture.NameOf(tenant)}\" IS '{other.ToComment()}'");
        string before = await DataAsync(tenant);

        var e = await Assert.ThrowsAsync<ControlPlaneException>(fixture.Step(tenant).ExecuteAsync);
        await fixture.UndoAsync(tenant);

        Assert.Equal(ErrorCode.OwnershipConflict, e.Code);
        Assert.Equal(before, await DataAsync(tenant));
        Assert.Equal(1, await fixture.Step(tenant).FindResidueAsync());
    }

    [Fact]
    public async Task A_state_with_the_mark_of_another_tenant_is_a_conflict_and_stays_as_it_is()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Step(tenant).ExecuteAsync();
        await fixture.ExecuteOnStatesAsync($"""
            UPDATE "{TerraformFixture.NameOf(tenant)}".states
            SET data = replace(data, '{tenant.Id}', '{Guid.CreateVersion7()}')
            """);
        string before = await DataAsync(tenant);

        var e = await Assert.ThrowsAsync<ControlPlaneException>(fixture.Step(tenant).ExecuteAsync);
        await fixture.UndoAsync(tenant);

        Assert.Equal(ErrorCode.OwnershipConflict, e.Code);
        Assert.Equal(before, await DataAsync(tenant));
        Assert.Equal(1, await fixture.Step(tenant).FindResidueAsync());
    }

    [Fact]
    public async Task A_plan_that_destroys_something_of_a_live_tenant_needs_an_operators_word()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Step(tenant).ExecuteAsync();
        await fixture.Provisioning.SetStateAsync(tenant, attempt: 1, "ACTIVE");
        await fixture.GivenModuleAsync(
            """
            resource "terraform_data" "first" {
              input = { name = var.tenant_key, tags = var.tags }
            }
            """);

        var listed = await RunAsync("infrastructure", tenant.Key);
        int refused = (await RunAsync("infrastructure", tenant.Key, "--apply")).ExitCode;
        string[] kept = await fixture.ResourcesAsync(tenant);
        var allowed = await RunAsync("infrastructure", tenant.Key, "--apply", "--allow-destroy");

        Assert.Contains("it destroys or replaces terraform_data.second", listed.Output, StringComparison.Ordinal);
        Assert.Equal((1, 1, 0), (listed.ExitCode, refused, allowed.ExitCode));
        Assert.Equal(["terraform_data.first", "terraform_data.second"], kept);
        Assert.Equal(["terraform_data.first"], await fixture.ResourcesAsync(tenant));
    }

    [Fact]
    public async Task An_invalid_module_is_refused_for_good_and_the_tenant_is_rolled_back()
    {
        await fixture.GivenModuleAsync("""resource "terraform_data" "first" { input = var.unknown_name }""");
        var tenant = await fixture.Provisioning.GivenTenantAsync();

        var failure = await fixture.Provisioning.FailAsync(tenant);

        Assert.Equal((ProvisionInfrastructure.Id, "refused"), (failure.FailedStep, failure.Code));
        Assert.Equal("terraform plan failed: the module is invalid.", failure.Sentence);
        Assert.Equal("PROVISION_FAILED", await fixture.Provisioning.StatusAsync(tenant));
        Assert.Equal(0, await fixture.PlacesAsync(tenant));
    }

    [Fact]
    public async Task A_module_from_elsewhere_is_not_downloaded()
    {
        await fixture.GivenModuleAsync("""module "other" { source = "git::https://example.com/module.git" }""");
        var tenant = await fixture.GivenTenantAsync();

        var e = await Assert.ThrowsAsync<ControlPlaneException>(fixture.Step(tenant).ExecuteAsync);

        Assert.Equal(ErrorCode.NotConfigured, e.Code);
        Assert.Contains("no local path", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_not_in_the_plugin_folder_is_not_downloaded()
    {
        await fixture.GivenModuleAsync("""resource "null_resource" "first" {}""");
        var tenant = await fixture.GivenTenantAsync();

        var e = await Assert.ThrowsAsync<TerraformException>(fixture.Step(tenant).ExecuteAsync);

        Assert.Equal(
            (ErrorClass.Connection, "terraform init failed: a provider is not in TERRAFORM_PLUGIN_DIR."),
            (e.Class, e.Message));
    }

    [Fact]
    public async Task Setup_and_doctor_know_it()
    {
        using var output = new StringWriter();
        await using var host = new CommandHost(Context(output));
        await new TerraformSystem().SetUpAsync(
            new SetupContext(host, new RootCommand().Parse("")), TestContext.Current.CancellationToken);
        var (_, doctor) = await RunAsync("doctor");

        Assert.Contains("infrastructure: ", output.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"✔ infrastructure +version 1\.\d+\.\d+, with a module for each tier", doctor);
        Assert.Matches("✔ infrastructure states +the role .* may create roles", doctor);
    }

    private Task<string> DataAsync(TestTenant tenant) => fixture.ReadStateAsync<string>(
        $"SELECT data FROM \"{TerraformFixture.NameOf(tenant)}\".states");

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        int exitCode = await CommandLine.RunAsync(arguments, Context(output));
        return (exitCode, output.ToString());
    }

    private CommandContext Context(StringWriter output) =>
        new(OutsideSystems.All) { Output = output, Host = fixture.Provisioning.HostSettings };
}
