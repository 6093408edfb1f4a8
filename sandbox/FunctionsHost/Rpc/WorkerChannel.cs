using System.Collections.Concurrent;
using System.Threading.Channels;
using FunctionsHost.Rpc.Messages;
using Google.Protobuf.WellKnownTypes;
using Content = FunctionsHost.Rpc.Messages.StreamingMessage.ContentOneofCase;

namespace FunctionsHost.Rpc;

/// <summary>The stream to one worker: questions with their answers, invocations, and the worker's logs.</summary>
internal sealed class WorkerChannel(WorkerLogs logs, TimeProvider time)
{
    private readonly Channel<StreamingMessage> outbound = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> questions = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> invocations = new();
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the worker has opened its stream.</summary>
    public Task Opened => opened.Task;

    /// <summary>Messages to the worker, in their order.</summary>
    public ChannelReader<StreamingMessage> Outbound => outbound.Reader;

    public void Open() => opened.TrySetResult();

    /// <summary>Sends a message and waits for the answer with the same request id.</summary>
    public async Task<StreamingMessage> AskAsync(
        StreamingMessage message, TimeSpan timeout, CancellationToken cancellationToken)
    {
        message.RequestId = NewId();
        var answer = questions[message.RequestId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        outbound.Writer.TryWrite(message);
        try
        {
            return await answer.Task.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new FunctionsHostException(
                $"The worker did not answer {message.ContentCase} within {timeout.TotalSeconds} s.", e);
        }
        finally
        {
            questions.TryRemove(message.RequestId, out _);
        }
    }

    /// <summary>Sends an invocation and waits for its end. A worker that ends first faults the task.</summary>
    public async Task<InvocationResponse> InvokeAsync(
        InvocationRequest request, string functionName, CancellationToken cancellationToken)
    {
        var response = new TaskCompletionSource<InvocationResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        invocations[request.InvocationId] = response;
        logs.Begin(request.InvocationId, functionName);
        try
        {
            outbound.Writer.TryWrite(new StreamingMessage { RequestId = NewId(), InvocationRequest = request });
            return await response.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            invocations.TryRemove(request.InvocationId, out _);
            logs.End(request.InvocationId);
        }
    }

    public void Cancel(string invocationId) => outbound.Writer.TryWrite(new StreamingMessage
    {
        RequestId = NewId(),
        InvocationCancel = new InvocationCancel { InvocationId = invocationId },
    });

    public void Terminate(TimeSpan gracePeriod) => outbound.Writer.TryWrite(new StreamingMessage
    {
        RequestId = NewId(),
        WorkerTerminate = new WorkerTerminate { GracePeriod = gracePeriod.ToDuration() },
    });

    public void Receive(StreamingMessage message)
    {
        if (message.ContentCase == Content.RpcLog)
            logs.Write(message.RpcLog);
        else if (message.ContentCase == Content.InvocationResponse)
            Answer(message.InvocationResponse);
        else if (questions.TryGetValue(message.RequestId, out var question))
            question.TrySetResult(message);
    }

    /// <summary>Ends every wait for the worker with an error.</summary>
    public void Fail(Exception error)
    {
        opened.TrySetException(error);
        outbound.Writer.TryComplete();
        foreach (var question in questions.Values)
            question.TrySetException(error);
        foreach (var invocation in invocations.Values)
            invocation.TrySetException(error);
    }

    private void Answer(InvocationResponse response)
    {
        if (invocations.TryGetValue(response.InvocationId, out var invocation))
            invocation.TrySetResult(response);
    }

    private string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString();
}
