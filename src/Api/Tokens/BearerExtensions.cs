using Api.Http;
using ControlPlane;

namespace Api.Tokens;

/// <summary>The kinds of bearer tokens that an endpoint accepts; other kinds are refused with 401.</summary>
[Flags]
public enum BearerKind
{
    None = 0,

    /// <summary>A validation token from a mail, which the use case checks against the lead's row.</summary>
    Validation = 1,

    /// <summary>A JWT that the functions issued to a lead.</summary>
    Lead = 2,

    /// <summary>A JWT of the operators' realm.</summary>
    Operator = 4,

    /// <summary>A JWT of the operators' realm with the role of applications or of operators.</summary>
    Application = 8,
}

/// <summary>
/// Authenticates callers after routing and before the body is read, so that the answer to an unauthenticated call
/// reveals nothing about the body's validity.
/// </summary>
public static class BearerExtensions
{
    private const string Scheme = "Bearer ";

    public static RouteHandlerBuilder AcceptsBearer(this RouteHandlerBuilder route, BearerKind kind) =>
        route.WithMetadata(new BearerRequirement(kind));

    public static void AddTokens(this IServiceCollection services) => services
        .AddSetting(LeadTokenOptions.From)
        .AddSetting(OperatorTokenOptions.From)
        .AddSingleton<LeadTokens>()
        .AddSingleton<OperatorKeySet>()
        .AddSingleton<OperatorTokens>();

    public static void UseTokens(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<BearerRequirement>() is { } requirement)
        {
            await AuthenticateAsync(context, requirement.Kind);
        }

        await next(context);
    });

    /// <summary>Returns the unchecked token, for an endpoint of <see cref="BearerKind.Validation"/>.</summary>
    /// <exception cref="ControlPlaneException"><c>token_missing</c>: absent, repeated or above 16 KiB.</exception>
    public static string RequireBearerToken(this HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && header.AsSpan(Scheme.Length).Trim() is { Length: > 0 and <= 16 * 1024 } token
            ? token.ToString()
            : throw new ControlPlaneException(ErrorCode.TokenMissing,
                "One token is expected in the header: Authorization: Bearer <token>.");

    /// <summary>Returns the calling lead.</summary>
    public static LeadCaller RequireLead(this HttpContext context) =>
        context.FindLead() ?? throw new InvalidOperationException("This endpoint does not accept a lead's token.");

    /// <summary>Returns the calling lead, or null if the caller is an operator.</summary>
    public static LeadCaller? FindLead(this HttpContext context) => context.Features.Get<LeadCaller>();

    /// <summary>Returns the caller with an operator's token, or null.</summary>
    public static OperatorCaller? FindOperator(this HttpContext context) => context.Features.Get<OperatorCaller>();

    private static async Task AuthenticateAsync(HttpContext context, BearerKind kinds)
    {
        // Missing settings are reported first: no token could pass without them.
        var leads = kinds.HasFlag(BearerKind.Lead) ? context.RequestServices.GetRequiredService<LeadTokens>() : null;
        bool allowsApplications = kinds.HasFlag(BearerKind.Application);
        var operators = allowsApplications || kinds.HasFlag(BearerKind.Operator)
            ? context.RequestServices.GetRequiredService<OperatorTokens>()
            : null;
        string token = context.RequireBearerToken();
        if (leads is not null && (operators is null || LeadTokens.IsLeadToken(token)))
        {
            context.Features.Set(await leads.ValidateAsync(token));
        }
        else if (operators is not null)
        {
            context.Features.Set(await operators.ValidateAsync(token, allowsApplications, context.RequestAborted));
        }
    }
}

internal sealed record BearerRequirement(BearerKind Kind);

/// <summary>Marks endpoints that only operators may call.</summary>
public static class OperatorEndpoints
{
    public static readonly ErrorCode[] Errors =
    [
        ErrorCode.TokenMissing, ErrorCode.TokenInvalid, ErrorCode.TokenExpired, ErrorCode.Forbidden,
        ErrorCode.NotConfigured, ErrorCode.Unavailable,
    ];

    public static RouteHandlerBuilder ForOperators(this RouteHandlerBuilder route) =>
        route.AcceptsBearer(BearerKind.Operator);

    public static RouteHandlerBuilder WithOperatorErrors(this RouteHandlerBuilder route, params ErrorCode[] codes) =>
        route.WithErrors([.. Errors, .. codes]);
}
