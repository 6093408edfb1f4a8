using ControlPlane;
using Sandbox.Control;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// An error that tells where or how the worker is connected (a read-only server, rotated credentials, a missing grant)
/// rolls no tenant back. The step waits, with the reason in its row, for as long as an operator may need.
/// </summary>
public sealed class ConnectionStateTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    public static TheoryData<FaultRule> Faults => new()
    {
        new FaultRule { System = "postgres", Query = "CREATE SCHEMA*", SqlState = "25006" },
        new FaultRule { System = "postgres", Query = "CREATE SCHEMA*", SqlState = "42501" },
        new FaultRule { System = "postgres", Query = "INSERT INTO arc_saas_locks_*", SqlState = "28P01" },
        new FaultRule { System = "keycloak", Method = "POST", Path = "/admin/realms", Status = 401 },
        new FaultRule { System = "keycloak", Method = "POST", Path = "/admin/realms", Status = 403 },
        S3("PUT", 403, "InvalidAccessKeyId"),
        S3("PUT", 403, "AccessDenied"),
        S3("PUT", 400, "ExpiredToken"),
        new FaultRule { System = "novu", Path = "*/events/trigger", Status = 401 },
        new FaultRule { System = "novu", Path = "*/events/trigger", Status = 403 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_step_waits_out_more_of_it_than_it_has_tries(FaultRule rule)
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var fault = await fixture.Control.SetFaultAsync(rule with { Count = 35 });

        var result = await (await fixture.StartAsync(tenant)).GetResultAsync();

        Assert.Equal("ACTIVE", result.Outcome);
        Assert.Equal(35, await fault.GetHitsAsync());
        Assert.All((await fixture.ProgressAsync(tenant)).Steps, step => Assert.Matches("DONE|SKIPPED", step.State));
    }

    [Fact]
    public async Task A_step_that_waits_shows_the_reason_and_the_next_try()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var readOnly = await fixture.Control.SetFaultAsync(
            new FaultRule { System = "postgres", Query = "CREATE SCHEMA*", SqlState = "25006", Count = 0 });
        using var still = fixture.StopClock();
        var run = await fixture.StartAsync(tenant);

        var step = await AssertMore.EventuallyAsync(
            async () => (await fixture.ProgressAsync(tenant)).Steps
                .SingleOrDefault(s => s.Step == "provision-database"),
            step => step?.State == "WAITING");

        Assert.Equal("unavailable", step!.ErrorCode);
        Assert.StartsWith("PostgreSQL answered 25006: ", step.Error, StringComparison.Ordinal);
        Assert.NotNull(step.NextTryAt);
        Assert.Equal("PROVISIONING", await fixture.StatusAsync(tenant));
        await readOnly.DisposeAsync();
        still.Dispose();
        await run.GetResultAsync();
    }

    [Fact]
    public async Task A_try_that_a_read_only_control_database_cannot_record_is_logged_and_waits()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            $"""
            CREATE FUNCTION read_only() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE 'cannot execute UPDATE in a read-only transaction' USING ERRCODE = '25006'; END $$;
            CREATE TRIGGER read_only BEFORE UPDATE ON provisioning_steps FOR EACH ROW
                WHEN (NEW.tenant_id = '{tenant.Id}' AND NEW.step = 'create-idp') EXECUTE FUNCTION read_only();
            """);
        var run = await fixture.StartAsync(tenant);
        try
        {
            await AssertMore.EventuallyAsync(() => Task.FromResult(fixture.Logs.Text), text => text.Contains(
                $"A try of step create-idp of tenant {tenant.Id} could not be recorded and waits: PostgreSQL answered "
                + "25006: cannot execute UPDATE in a read-only transaction", StringComparison.Ordinal));
        }
        finally
        {
            await fixture.Postgres.ExecuteAsync("DROP FUNCTION read_only CASCADE");
        }

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task A_step_gives_up_after_a_day()
    {
        var tenant = await fixture.GivenTenantAsync();
        int tries = 0;
        fixture.Hooks.Before("CreateIdp", tenant, () =>
        {
            tries++;
            throw new ControlPlaneException(ErrorCode.Unavailable, "It is away.");
        });

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal(("create-idp", "unavailable"), (failure.FailedStep, failure.Code));
        // Fifteen tries take nine minutes.
        Assert.InRange(tries, 15 * 140, 15 * 170);
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
    }

    private static FaultRule S3(string method, int status, string code) => new()
    {
        System = "s3",
        Method = method,
        Status = status,
        ContentType = "application/xml",
        Body = $"<Error><Code>{code}</Code><Message>{code}</Message></Error>",
    };
}
