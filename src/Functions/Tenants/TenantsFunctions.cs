namespace Functions.Tenants;

/// <summary>Tenants and their resources.</summary>
public static class TenantsFunctions
{
    [Function("CreateTenant")]
    public static Task CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "leads/{id:guid}/tenants")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("GetTenant")]
    public static Task GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tenants/{id:guid}")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("ListResources")]
    public static Task ListResourcesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tenants/{id:guid}/resources")]
        HttpRequest request) =>
        request.AnswerAsync();

    [Function("ListAudit")]
    public static Task ListAuditAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tenants/{id:guid}/audit")]
        HttpRequest request) =>
        request.AnswerAsync();

    [Function("ReleaseTenant")]
    public static Task ReleaseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "tenants/{id:guid}")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("ListTenants")]
    public static Task ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "tenants")] HttpRequest request) =>
        request.AnswerAsync();
}
