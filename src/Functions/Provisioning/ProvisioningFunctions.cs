namespace Functions.Provisioning;

/// <summary>The provisioning of a tenant.</summary>
public static class ProvisioningFunctions
{
    [Function("CancelProvisioning")]
    public static Task CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tenants/{id:guid}/provisioning/cancel")]
        HttpRequest request) =>
        request.AnswerAsync();

    [Function("GetProvisioning")]
    public static Task GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tenants/{id:guid}/provisioning")]
        HttpRequest request) =>
        request.AnswerAsync();

    [Function("ReadResidue")]
    public static Task ReadResidueAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tenants/{id:guid}/residue")]
        HttpRequest request) =>
        request.AnswerAsync();

    [Function("RollbackProvisioning")]
    public static Task RollBackAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tenants/{id:guid}/provisioning/rollback")]
        HttpRequest request) =>
        request.AnswerAsync();

    [Function("StartProvisioning")]
    public static Task StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tenants/{id:guid}/provision")]
        HttpRequest request) =>
        request.AnswerAsync();
}
