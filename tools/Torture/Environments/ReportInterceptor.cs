using System.Net;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Worker.Saga;
using Worker.Systems;

namespace Torture.Environments;

/// <summary>
/// Calls the sandbox after the end of an activity, which its journal has recorded by then, and before its report to
/// Temporal. The call uses a free path of Novu's stand-in, so that a fault can hold the report or lose it.
/// </summary>
internal sealed class ReportInterceptor(Uri novu) : IWorkerInterceptor, IDisposable
{
    private const string Root = "/reports";

    private readonly HttpClient http = new() { BaseAddress = novu, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The path that faults on reports match.</summary>
    public static string PathOf(string activity, string tenantId) => $"{Root}/{activity}/{tenantId}";

    /// <summary>Whether the path belongs to this interceptor and not to the product.</summary>
    public static bool IsReportPath(string path) => path.StartsWith(Root, StringComparison.Ordinal);

    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, this);

    public void Dispose() => http.Dispose();

    private async Task ReportAsync(Guid tenantId)
    {
        var context = ActivityExecutionContext.Current;
        try
        {
            var path = new Uri(PathOf(context.Info.ActivityType, $"{tenantId:D}"), UriKind.Relative);
            using var answer = await http.PostAsync(path, null, context.CancellationToken);
            if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.ServiceUnavailable)
            {
                throw new ApplicationFailureException(
                    "The activity was done, and its report was lost.",
                    errorType: Failures.Temporary,
                    nonRetryable: answer.StatusCode == HttpStatusCode.BadRequest);
            }
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // The sandbox was killed, so no fault can hold the report.
        }
    }

    private static Guid? TenantOf(ExecuteActivityInput input) => input.Args switch
    {
        [ProvisionTenantInput tenant, ..] => tenant.TenantId,
        [RollbackReason reason] => reason.Input.TenantId,
        _ => null,
    };

    private sealed class Inbound(ActivityInboundInterceptor next, ReportInterceptor reports)
        : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            object? result = await base.ExecuteActivityAsync(input);
            if (TenantOf(input) is { } tenantId)
            {
                await reports.ReportAsync(tenantId);
            }

            return result;
        }
    }
}
