using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Worker.Interceptors;

namespace Worker.Tests.Support;

/// <summary>
/// Runs a test's code just before or after an activity of the running worker: to pause the activity, or to lose its
/// result after its effect.
/// </summary>
public sealed class ActivityHooks : IWorkerInterceptor
{
    private readonly ConcurrentDictionary<(string Activity, Guid Tenant), Func<Task>> before = new();
    private readonly ConcurrentDictionary<(string Activity, Guid Tenant), Func<Task>> after = new();

    public void Before(string activity, TestTenant tenant, Func<Task> act) => before[(activity, tenant.Id)] = act;

    public void After(string activity, TestTenant tenant, Func<Task> act) => after[(activity, tenant.Id)] = act;

    /// <summary>Hooks an activity of the sweep, which has no tenant, until the result is disposed.</summary>
    public IDisposable BeforeSweep(string activity, Func<Task> act)
    {
        before[(activity, Guid.Empty)] = act;
        return new Removed(() => before.TryRemove((activity, Guid.Empty), out _));
    }

    public void Clear()
    {
        before.Clear();
        after.Clear();
    }

    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, this);

    private sealed class Removed(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }

    private sealed class Inbound(ActivityInboundInterceptor next, ActivityHooks hooks)
        : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            var info = ActivityExecutionContext.Current.Info;
            var key = (info.ActivityType, Tenant(input.Args.FirstOrDefault()));
            await (hooks.before.GetValueOrDefault(key)?.Invoke() ?? Task.CompletedTask);
            object? result = await base.ExecuteActivityAsync(input);
            await (hooks.after.GetValueOrDefault(key)?.Invoke() ?? Task.CompletedTask);
            return result;
        }

        private static Guid Tenant(object? argument) => argument switch
        {
            ControlPlane.Provisioning.ProvisionTenantInput input => input.TenantId,
            Worker.Saga.RollbackReason reason => reason.Input.TenantId,
            _ => Guid.Empty,
        };
    }
}
