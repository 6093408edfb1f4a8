using ControlPlane;
using Functions.Http;

namespace Functions.Tokens;

/// <summary>Whose bearer token an endpoint takes; one of another kind is refused with 401.</summary>
[Flags]
public enum BearerKind
{
    None = 0,

    /// <summary>A mailed token, which the use case itself checks against its row.</summary>
    Validation = 1,

    /// <summary>Our own JWT for a lead.</summary>
    Lead = 2,

    /// <summary>A JWT of the operators' realm.</summary>
    Operator = 4,
}

/// <summary>
/// Who calls: checked after routing and before a body is read, so that a stranger learns nothing from it.
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

    public static void UseTokens(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<BearerRequirement>() is { } requirement)
        {
            await AuthenticateAsync(context, requirement.Kind);
        }

        await next(context);
    });

    /// <summary>The token as it came, for an endpoint of <see cref="BearerKind.Validation"/>.</summary>
    public static string BearerToken(this HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && header.AsSpan(Scheme.Length).Trim() is { Length: > 0 and <= 16 * 1024 } token
            ? token.ToString()
            : throw new ControlPlaneException(ErrorCode.TokenMissing,
                "A token is expected in one header: Authorization: Bearer <token>.");

    /// <summary>The lead that calls.</summary>
    public static LeadCaller Lead(this HttpContext context) =>
        context.FindLead() ?? throw new InvalidOperationException("This endpoint does not take a lead's token.");

    /// <summary>The lead that calls; null where an operator does.</summary>
    public static LeadCaller? FindLead(this HttpContext context) => context.Features.Get<LeadCaller>();

    private static async Task AuthenticateAsync(HttpContext context, BearerKind kinds)
    {
        // What is not configured is said first: no token could help.
        var leads = kinds.HasFlag(BearerKind.Lead) ? context.RequestServices.GetRequiredService<LeadTokens>() : null;
        var operators = kinds.HasFlag(BearerKind.Operator)
            ? context.RequestServices.GetRequiredService<OperatorTokens>()
            : null;
        string token = context.BearerToken();
        if (leads is not null && (operators is null || LeadTokens.IsLeadToken(token)))
        {
            context.Features.Set(await leads.ValidateAsync(token));
        }
        else if (operators is not null)
        {
            await operators.ValidateAsync(token, context.RequestAborted);
        }
    }
}

internal sealed record BearerRequirement(BearerKind Kind);

/// <summary>Endpoints that operators alone may call.</summary>
public static class OperatorEndpoints
{
    public static readonly ErrorCode[] Errors =
    [
        ErrorCode.TokenMissing, ErrorCode.TokenInvalid, ErrorCode.TokenExpired, ErrorCode.Forbidden,
        ErrorCode.NotConfigured, ErrorCode.Unavailable,
    ];

    public static RouteHandlerBuilder ForOperators(this RouteHandlerBuilder route) =>
        route.AcceptsBearer(BearerKind.Operator);

    public static RouteHandlerBuilder WithOperatorErrors(this RouteHandlerBuilder route, params ErrorCode[] more) =>
        route.WithErrors([.. Errors, .. more]);
}
