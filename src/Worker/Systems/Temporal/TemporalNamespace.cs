using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Commands;

namespace Worker.Systems.Temporal;

/// <summary>The namespace of the sagas. A new one takes some seconds until every node of the server knows it.</summary>
internal sealed class TemporalNamespace(TemporalClient temporal, TimeProvider time)
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <returns>Whether it was made now.</returns>
    public async Task<bool> EnsureAsync(CancellationToken cancellationToken)
    {
        string name = temporal.Options.Namespace;
        bool isNew = !await IsUsableAsync(name, cancellationToken);
        if (isNew)
        {
            try
            {
                await temporal.WorkflowService.RegisterNamespaceAsync(
                    new RegisterNamespaceRequest
                    {
                        Namespace = name,
                        WorkflowExecutionRetentionPeriod = Duration.FromTimeSpan(Retention),
                    },
                    new RpcOptions { CancellationToken = cancellationToken });
            }
            catch (RpcException e) when (e.Code == RpcException.StatusCode.AlreadyExists)
            {
                // Somebody was faster, or it is there and not yet known everywhere.
            }
        }

        long begun = time.GetTimestamp();
        while (!await IsUsableAsync(name, cancellationToken))
        {
            if (time.GetElapsedTime(begun) > MaxWait)
            {
                throw new CommandException(
                    $"Temporal knows the namespace '{name}' and still refuses it after {MaxWait.TotalSeconds} s.");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return isNew;
    }

    // Listing goes through the parts of the server that a workflow's start needs; describing alone does not.
    private async Task<bool> IsUsableAsync(string name, CancellationToken cancellationToken)
    {
        var options = new RpcOptions { CancellationToken = cancellationToken };
        try
        {
            await temporal.WorkflowService.DescribeNamespaceAsync(new() { Namespace = name }, options);
            await temporal.WorkflowService.ListWorkflowExecutionsAsync(
                new() { Namespace = name, PageSize = 1 }, options);
            return true;
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return false;
        }
    }
}
