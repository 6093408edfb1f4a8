using System.Net;
using ControlPlane.Provisioning;
using Worker.Systems;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Keycloak;

/// <summary>
/// That Keycloak refuses the worker's own account does not pass: a step ends with it at once, and says so. An undo is
/// patient all the same, since somebody may put it right, and what it leaves behind would stay.
/// </summary>
public sealed class WrongCredentialsTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task Wrong_credentials_end_a_step_at_once_and_not_its_undo()
    {
        var tenant = await world.GivenTenantAsync();
        ProvisioningFailure failure;
        // Keycloak answers 401 to a client that does not exist, as to a wrong secret.
        await using (await world.ChangeSettingsAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", "no-such-client"), ("KEYCLOAK_ADMIN_CLIENT_SECRET", "wrong")))
        {
            failure = await world.FailAsync(tenant);
        }

        var step = (await world.ProgressAsync(tenant)).Steps.Single(s => s.Step == ProvisioningSteps.CreateIdp);
        Assert.Equal((ProvisioningSteps.CreateIdp, "credentials_refused"), (failure.FailedStep, failure.Code));
        Assert.Contains("KEYCLOAK_ADMIN_CLIENT_SECRET", failure.Sentence, StringComparison.Ordinal);
        Assert.Equal((1, 60), (step.Tries, step.UndoTries));
        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));

        await world.RollbackRun(tenant, await world.RollBackAsync(tenant)).GetResultAsync();
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
    }

    [Fact]
    public void A_401_of_another_call_passes() => Assert.False(Failures.Translate(
        new OutsideSystemException("Keycloak", HttpStatusCode.Unauthorized, "GET /", null)).NonRetryable);
}
