using System.Globalization;
using Api.Http;
using Api.RateLimits;
using Api.Tokens;
using ControlPlane.Audit;
using Npgsql;

namespace Api.Audit;

/// <summary>
/// Records every call of an operator that changes something: before it is done, and with its answer before the answer
/// is sent. Sets the actor of the changes of state that the call makes.
/// </summary>
public static partial class AuditExtensions
{
    public static void AddAudit(this IServiceCollection services) =>
        services.AddMetrics().AddSingleton<Refusals>();

    /// <summary>Counts and logs an answer that refuses the caller.</summary>
    internal static void CountRefusal(this HttpContext context, Problem problem)
    {
        if (Refusals.Covers(problem))
        {
            var options = context.RequestServices.GetRequiredService<RateLimitOptions>();
            context.RequestServices.GetRequiredService<Refusals>().Add(
                problem.Status, problem.Code, $"{context.Request.Method} {RouteOf(context)}",
                ClientNetwork.Of(context, options));
        }
    }

    public static void UseAudit(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Api");
        app.Use(async (context, next) =>
        {
            AuditActor.Current = FindActor(context);
            if (context.FindOperator() is { } caller)
            {
                await RecordAsync(context, caller, AuditActor.Current!, logger);
                caller.RequireRole();
            }

            await next(context);
        });
    }

    private static async Task RecordAsync(
        HttpContext context, OperatorCaller caller, AuditActor actor, ILogger logger)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var trail = context.RequestServices.GetRequiredService<AuditTrail>();
        Guid? tenantId = Guid.TryParse(context.Request.RouteValues["id"] as string, out var id) ? id : null;
        if (caller.MissingRole is null)
        {
            await trail.BeginAsync(actor, tenantId, context.RequestAborted);
        }

        context.Response.OnStarting(async () =>
        {
            string outcome = context.Features.Get<Problem>() is { } problem
                ? $"{problem.Status} {problem.Code}"
                : context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
            try
            {
                // The act is done: it is also recorded for a caller that has disconnected.
                await trail.EndAsync(actor, tenantId, outcome, CancellationToken.None);
            }
            catch (NpgsqlException e)
            {
                LogLost(logger, actor.Route, tenantId, outcome, e.GetType().Name);
            }
        });
    }

    private static AuditActor? FindActor(HttpContext context) => (context.FindOperator(), context.FindLead()) switch
    {
        ({ } caller, _) => Create(context, ActorKind.Operator, caller.Sub, caller.Name),
        (_, { } lead) => Create(context, ActorKind.Lead, lead.Id.ToString("D"), null),
        _ => null,
    };

    private static AuditActor Create(HttpContext context, ActorKind kind, string? sub, string? name) => new(
        kind, AuditActor.FromClaim(sub), AuditActor.FromClaim(name), $"{context.Request.Method} {RouteOf(context)}",
        ClientNetwork.Of(context, context.RequestServices.GetRequiredService<RateLimitOptions>()));

    /// <summary>The route as the document shows it: without values, which come from the caller.</summary>
    internal static string? RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText
            ?.Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/');

    [LoggerMessage(11, LogLevel.Error,
        "{Route} on tenant {TenantId} answered {Outcome}, which the audit could not record: {Reason}")]
    private static partial void LogLost(ILogger logger, string? route, Guid? tenantId, string outcome, string reason);
}
