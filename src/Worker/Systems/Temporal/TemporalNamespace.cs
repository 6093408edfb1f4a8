using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Commands;

namespace Worker.Systems.Temporal;

/// <summary>
/// Creates the Temporal namespace and waits until it is usable: it takes seconds until each server node knows it.
/// </summary>
internal sealed class TemporalNamespace(TemporalClient temporal, TimeProvider time)
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <returns>Whether this call created it.</returns>
    /// <exception cref="CommandException">The namespace is not usable in time.</exception>
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
                // Another process created it, or not every node knows it yet.
            }
        }

        long start = time.GetTimestamp();
        while (!await IsUsableAsync(name, cancellationToken))
        {
            if (time.GetElapsedTime(start) > MaxWait)
            {
                throw new CommandException(
                    $"Temporal has the namespace '{name}', but it is not usable after {MaxWait.TotalSeconds} s.");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return isNew;
    }

    // Listing uses the parts of the server that starting a workflow needs; describing alone does not.
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
