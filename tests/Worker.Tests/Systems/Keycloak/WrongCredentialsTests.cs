using System.Net;
using ControlPlane;
using Sandbox.Control;
using Testing;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Keycloak;

/// <summary>
/// Keycloak refuses the worker's own account, for instance since its secret was rotated. That says nothing about the
/// tenant: a step waits, with the reason, until an operator has corrected the credentials.
/// </summary>
public sealed class WrongCredentialsTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_step_waits_with_the_reason_until_the_credentials_are_right_again()
    {
        var tenant = await fixture.GivenTenantAsync();
        var wrong = await UseWrongCredentialsAsync();
        using var still = fixture.StopClock();
        var run = await fixture.StartAsync(tenant);

        var step = await AssertMore.EventuallyAsync(
            async () => (await fixture.ProgressAsync(tenant)).Steps.SingleOrDefault(s => s.Step == "create-idp"),
            step => step?.State == "WAITING");

        Assert.Equal("credentials_refused", step!.ErrorCode);
        Assert.Contains("KEYCLOAK_ADMIN_CLIENT_SECRET", step.Error, StringComparison.Ordinal);
        Assert.NotNull(step.NextTryAt);
        await wrong.DisposeAsync();
        still.Dispose();
        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task An_undo_is_given_up_after_sixty_tries_and_goes_on_later()
    {
        var tenant = await fixture.GivenTenantAsync();
        SandboxFault? refused = null;
        fixture.Hooks.Before("CreateAdminUser", tenant, async () =>
        {
            refused = await fixture.Control.SetFaultAsync(
                new FaultRule { System = "keycloak", Status = 401, Count = 0 });
            throw new ControlPlaneException(ErrorCode.Forbidden, "Refused.");
        });

        await fixture.FailAsync(tenant);

        var step = (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == "create-idp");
        Assert.Equal(60, step.UndoTries);
        Assert.Contains("KEYCLOAK_ADMIN", step.UndoError, StringComparison.Ordinal);
        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        await refused!.DisposeAsync();
        await fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant)).GetResultAsync();
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
    }

    [Fact]
    public void A_401_to_another_call_is_retried() => Assert.False(Failures.Translate(
        new OutsideSystemException("Keycloak", HttpStatusCode.Unauthorized,
            KeycloakErrors.Admin.Classify(HttpStatusCode.Unauthorized, null), "GET /", null)).NonRetryable);

    // Keycloak answers 401 to a client that does not exist, as to a wrong secret.
    private Task<Restored> UseWrongCredentialsAsync() => fixture.ChangeSettingsAsync(
        ("KEYCLOAK_ADMIN_CLIENT_ID", "no-such-client"), ("KEYCLOAK_ADMIN_CLIENT_SECRET", "wrong"));
}
