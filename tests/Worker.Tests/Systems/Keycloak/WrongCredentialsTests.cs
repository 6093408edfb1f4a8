using System.Net;
using ControlPlane.Provisioning;
using Worker.Systems;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Keycloak;

/// <summary>
/// Keycloak refuses the worker's own account. This is no temporary failure: a step fails at once, with the reason. An
/// undo is retried, since an operator may correct the credentials and residue would stay otherwise.
/// </summary>
public sealed class WrongCredentialsTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task Wrong_credentials_fail_a_step_at_once_but_not_its_undo()
    {
        var tenant = await fixture.GivenTenantAsync();
        ProvisioningFailure failure;
        // Keycloak answers 401 to a client that does not exist, as to a wrong secret.
        await using (await fixture.ChangeSettingsAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", "no-such-client"), ("KEYCLOAK_ADMIN_CLIENT_SECRET", "wrong")))
        {
            failure = await fixture.FailAsync(tenant);
        }

        var step = (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == "create-idp");
        Assert.Equal(("create-idp", "credentials_refused"), (failure.FailedStep, failure.Code));
        Assert.Contains("KEYCLOAK_ADMIN_CLIENT_SECRET", failure.Sentence, StringComparison.Ordinal);
        Assert.Equal((1, 60), (step.Tries, step.UndoTries));
        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));

        await fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant)).GetResultAsync();
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
    }

    [Fact]
    public void A_401_to_another_call_is_retried() => Assert.False(Failures.Translate(
        new OutsideSystemException("Keycloak", HttpStatusCode.Unauthorized, "GET /", null)).NonRetryable);
}
