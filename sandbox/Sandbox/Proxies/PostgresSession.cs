using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandbox.Control;

namespace Sandbox.Proxies;

/// <summary>
/// Session of one caller. Its calls are sent to the server in sequence, and a fault may apply to each. A call takes
/// effect by a commit, so a fault that requires an effect applies to the COMMIT of the matching transaction.
/// </summary>
internal sealed class PostgresSession(PostgresCaller caller, DnsEndPoint upstream, Faults faults, Journal journal)
{
    private readonly PostgresStatements statements = new();
    private readonly StringBuilder transaction = new();
    private readonly List<string> templates = [];
    private bool transactionHasWrites;

    public async Task RunAsync()
    {
        try
        {
            if (await ReadFirstMessageAsync() is not { } first)
                return;
            await using var server = await PostgresServer.ConnectAsync(upstream, caller);
            await server.SendAsync(first.Bytes);
            if (first.Code != PostgresMessage.CancelRequest)
                await RelayCallsAsync(server, DatabaseOf(first));
        }
        catch (Exception e) when (e is SocketException or InvalidDataException)
        {
            // The server cannot be reached, or the caller uses another protocol: it is reset, as without a proxy.
            caller.Reset();
        }
    }

    // Encryption is declined, since the proxy could not parse encrypted calls.
    private async Task<PostgresMessage?> ReadFirstMessageAsync()
    {
        while (await PostgresMessage.ReadAsync(caller.Input, isFirst: true) is { } message)
        {
            if (message.Code is not (PostgresMessage.SslRequest or PostgresMessage.GssRequest))
                return message;
            await caller.SendAsync("N"u8.ToArray());
        }

        return null;
    }

    private static string DatabaseOf(PostgresMessage startup)
    {
        var (fields, settings) = (startup.Fields, new Dictionary<string, string>());
        _ = fields.ReadInt32();
        for (var name = fields.ReadText(); name.Length > 0; name = fields.ReadText())
            settings[name] = fields.ReadText();
        return settings.GetValueOrDefault("database") ?? settings.GetValueOrDefault("user", "");
    }

    private async Task RelayCallsAsync(PostgresServer server, string database)
    {
        while (await PostgresCall.ReadAsync(caller, statements) is { } sent)
        {
            if (sent.Text.Length == 0)
                await server.SendAsync(sent.Bytes);
            else if (!await ProcessAsync(server, sent, database))
                break;
        }
    }

    // Returns false if the connection has ended.
    private async Task<bool> ProcessAsync(PostgresServer server, PostgresCall sent, string database)
    {
        var call = sent.ToCall(database, server.TransactionStatus == 'I' ? null : transaction.ToString(), templates);
        var fault = faults.Match(call);
        var isWrite = call.HasEffect && server.TransactionStatus != 'E'
            && (sent.IsCommit ? transactionHasWrites : sent.IsWrite);
        var outcome = new CallOutcome { Fault = fault?.Id };
        var entry = fault is not null || isWrite
            ? journal.Begin(call.System, call.Method, call.Path, call.Query) : null;
        outcome.Answered = await (fault is null ? HandleAsync() : ApplyAsync(fault));
        if (entry is not null)
            journal.Write(outcome.ApplyTo(entry));
        if (!outcome.Answered)
            caller.Reset();
        return outcome.Answered;

        async Task<bool> HandleAsync()
        {
            await ExecuteAsync(server, sent);
            outcome.Status = server.HasFailed ? 500 : 200;
            outcome.Effect = isWrite && !server.HasFailed;
            return !server.IsMuted && !caller.Disconnected.IsCancellationRequested;
        }

        // Returns whether the caller got its answer.
        async Task<bool> ApplyAsync(Fault applied)
        {
            switch (applied.Rule.Kind)
            {
                case FaultKind.Answer:
                    await server.CallAsync(PostgresMessage.CreateError(applied.Rule.SqlState!));
                    outcome.Status = 500;
                    return !server.IsMuted;
                case FaultKind.Delay:
                    return await applied.WaitForReleaseAsync(caller.Disconnected) && await HandleAsync();
                case FaultKind.Hang:
                    await applied.WaitForReleaseAsync(caller.Disconnected);
                    return false;
                case FaultKind.Reset:
                    return false;
                case FaultKind.LoseAnswer:
                    server.IsMuted = true;
                    await HandleAsync();
                    applied.CountHit();
                    return false;
                case FaultKind.HoldAnswer:
                    server.HoldAnswer();
                    await HandleAsync();
                    applied.CountHit();
                    return await applied.WaitForReleaseAsync(caller.Disconnected) && await server.ReleaseAnswerAsync();
                case FaultKind.LateEffect:
                    return await applied.WaitForReleaseAsync(CancellationToken.None) && await HandleAsync();
                case FaultKind.AfterCallerLeft:
                    server.IsMuted = true;
                    var isRemoved = !await applied.WaitForReleaseAsync(caller.Disconnected)
                        && !caller.Disconnected.IsCancellationRequested;
                    return !isRemoved && await HandleAsync();
                default:
                    throw new InvalidOperationException($"Unknown kind of fault: {applied.Rule.Kind}");
            }
        }
    }

    private async Task ExecuteAsync(PostgresServer server, PostgresCall sent)
    {
        if (sent.HasReadyForQuery)
            await server.CallAsync(sent.Bytes);
        else
            await server.SendAsync(sent.Bytes);
        if (sent.HasReadyForQuery && server.TransactionStatus == 'I')
        {
            transaction.Clear();
            templates.Clear();
            transactionHasWrites = false;
        }
        else
        {
            transaction.Append(sent.Text).Append('\n');
            templates.AddRange(sent.Templates);
            transactionHasWrites |= sent.IsWrite;
        }
    }
}
