using ControlPlane.Audit;
using Temporalio.Activities;
using Temporalio.Worker.Interceptors;

namespace Worker.Audit;

/// <summary>Names the workflow and the activity as the actor of the changes of state that the activity makes.</summary>
public sealed class AuditInterceptor : IWorkerInterceptor
{
    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor);

    private sealed class Inbound(ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            var info = ActivityExecutionContext.Current.Info;
            AuditActor.Current = new AuditActor(
                ActorKind.Worker, null, null, $"{info.WorkflowType}/{info.ActivityType}", null);
            return await base.ExecuteActivityAsync(input);
        }
    }
}
