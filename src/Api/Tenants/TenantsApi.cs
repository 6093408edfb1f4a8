using System.Globalization;
using Api.Http;
using Api.Idempotency;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Tenants;

public static class TenantsApi
{
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/leads/{id:guid}/tenants", CreateAsync).WithTags("Tenants").WithName("CreateTenant")
            .AcceptsBearer(BearerKind.Lead).AcceptsIdempotencyKey().ForSignUp()
            .WithSummary("Creates the tenant of a lead; a lead has at most one.")
            .WithBodyErrors(ErrorCode.TokenMissing, ErrorCode.TokenInvalid, ErrorCode.TokenExpired,
                ErrorCode.TokenWrongLead, ErrorCode.NotFound, ErrorCode.KeyTaken, ErrorCode.DomainTaken,
                ErrorCode.LeadHasTenant, ErrorCode.NotConfigured, ErrorCode.Unavailable);

        var tenants = routes.MapGroup("/tenants").WithTags("Tenants");
        tenants.MapGet("/", ListAsync).WithName("ListTenants").ForOperators()
            .WithQuery("status", "key", "domain", "email", "tier", "q", "cursor", "limit")
            .WithSummary("Lists the tenants that match all filters in pages, newest first.")
            .WithOperatorErrors(ErrorCode.InvalidRequest);
        tenants.MapGet("/{id:guid}", GetAsync).WithName("GetTenant").ForOperators()
            .WithSummary("Returns one tenant.")
            .WithOperatorErrors(ErrorCode.NotFound);
        tenants.MapDelete("/{id:guid}", ReleaseAsync).WithName("ReleaseTenant").ForOperators()
            .WithSummary("Releases key, domains and lead of a tenant that is not live and of which no object exists.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.WrongState);
        tenants.MapGet("/{id:guid}/resources", ListResourcesAsync).WithName("ListResources").ForOperators()
            .WithSummary("Lists the resource records of the tenant: its objects in the outside systems.")
            .WithOperatorErrors(ErrorCode.NotFound);
    }

    private static async Task<Created<TenantResponse>> CreateAsync(
        Guid id, CreateTenantCommand command, HttpContext context, CreateTenant create,
        CancellationToken cancellationToken)
    {
        context.RequireLead().RequireTenantCreation(id);
        var tenant = await create.ExecuteAsync(id, command, cancellationToken);
        return TypedResults.Created($"/tenants/{tenant.Id:D}", TenantResponse.From(tenant));
    }

    private static async Task<Ok<TenantPageResponse>> ListAsync(
        string? status, string? key, string? domain, string? email, string? tier, string? q, string? cursor,
        string? limit, ListTenants list, CancellationToken cancellationToken)
    {
        // The limit is bound as text, so that an invalid one is refused by name. A non-number counts as out of range.
        int? size = limit is null ? null
            : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        var page = await list.ExecuteAsync(
            new TenantFilterFields(status, key, domain, email, tier, q), cursor, size, cancellationToken);
        return TypedResults.Ok(new TenantPageResponse(
            page.Tenants.Select(TenantResponse.From).ToArray(), page.Next?.ToText()));
    }

    private static async Task<Ok<TenantResponse>> GetAsync(
        Guid id, GetTenant get, CancellationToken cancellationToken) =>
        TypedResults.Ok(TenantResponse.From(await get.ExecuteAsync(id, cancellationToken)));

    private static async Task<Ok<TenantResponse>> ReleaseAsync(
        Guid id, ReleaseTenant release, CancellationToken cancellationToken) =>
        TypedResults.Ok(TenantResponse.From(
            await release.ExecuteAsync(id, ReleaseReason.Operator, cancellationToken)));

    private static async Task<Ok<ResourceResponse[]>> ListResourcesAsync(
        Guid id, ListResources list, CancellationToken cancellationToken) =>
        TypedResults.Ok((await list.ExecuteAsync(id, cancellationToken)).Select(resource => new ResourceResponse(
            resource.Type, resource.Name, resource.State, resource.Attempt, resource.CreatedAt, resource.UpdatedAt))
            .ToArray());
}

/// <param name="LeadId">The lead; null once the contact data of a released tenant are erased.</param>
/// <param name="Status">
/// PENDING_PROVISION, PROVISION_RECORDED (a recorded attempt whose run has not begun), PROVISIONING, ACTIVE,
/// ROLLING_BACK, PROVISION_FAILED, ROLLBACK_INCOMPLETE, EXPIRED or RELEASED (key, domains and lead are free again).
/// </param>
/// <param name="Attempt">The number of the current attempt; 0 before the first.</param>
/// <param name="Tier">silo, pooled or bridge: that of the current attempt; null before the first.</param>
/// <param name="Plan">The plan of the current attempt; null before the first.</param>
/// <param name="ExpiresAt">
/// The time from which the tenant is EXPIRED unless it is provisioned before; null from its first attempt on.
/// </param>
public sealed record TenantResponse(
    Guid Id,
    Guid? LeadId,
    string Key,
    string Name,
    string Status,
    int Attempt,
    string? Tier,
    PlanResponse? Plan,
    string[] Domains,
    DomainResponse[] DomainStates,
    ContactResponse[] Contacts,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ExpiresAt)
{
    public static TenantResponse From(Tenant tenant) => new(
        tenant.Id,
        tenant.LeadId,
        tenant.Key.Value,
        tenant.Name,
        tenant.Status.ToText(),
        tenant.Attempt,
        tenant.Plan?.Tier.ToText(),
        tenant.Plan is { } plan ? new PlanResponse(plan.Id, plan.Name) : null,
        tenant.Domains.Select(domain => domain.Name.Value).ToArray(),
        tenant.Domains.Select(domain => new DomainResponse(domain.Name.Value, domain.State.ToText())).ToArray(),
        tenant.Contacts.Select(contact => new ContactResponse(
            contact.Email, contact.FirstName, contact.LastName, contact.IsPrimary, contact.Type)).ToArray(),
        tenant.CreatedAt,
        tenant.UpdatedAt,
        tenant.Attempt == 0 ? tenant.ExpiresAt : null);
}

/// <param name="Id">The plan's id in the billing system.</param>
public sealed record PlanResponse(string Id, string Name);

/// <param name="Domain">The host name; an international one as punycode.</param>
/// <param name="State">
/// PROVEN (in effect), UNPROVEN (not sent to any outside system) or RELEASED (of an expired or released tenant).
/// </param>
public sealed record DomainResponse(string Domain, string State);

public sealed record ContactResponse(string Email, string FirstName, string LastName, bool IsPrimary, string Type);

/// <param name="Items">The tenants of this page.</param>
/// <param name="Next">The <c>cursor</c> of the next page; null on the last page.</param>
public sealed record TenantPageResponse(TenantResponse[] Items, string? Next);

/// <param name="State">PLANNED before its step, CREATED after it, DELETED after its undo.</param>
public sealed record ResourceResponse(
    string Type, string Name, string State, int Attempt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
