using System.Net;
using System.Net.Sockets;
using System.Text;
using Sandbox.Control;

namespace Sandbox.Proxies;

/// <summary>
/// One caller's connection: its calls go to the server one after the other, and each may meet a fault. An effect is a
/// commit, so a fault that wants one waits for the COMMIT of the transaction that it is about.
/// </summary>
internal sealed class PostgresSession(PostgresCaller caller, DnsEndPoint upstream, Faults faults, Journal journal)
{
    private readonly PostgresStatements statements = new();
    private readonly StringBuilder transaction = new();
    private readonly List<string> templates = [];
    private bool transactionChanges;

    public async Task RunAsync()
    {
        try
        {
            if (await FirstMessageAsync() is not { } first)
                return;
            await using var server = await PostgresServer.ConnectAsync(upstream, caller);
            await server.SendAsync(first.Bytes);
            if (first.Code != PostgresMessage.CancelRequest)
                await CallsAsync(server, DatabaseOf(first));
        }
        catch (Exception e) when (e is SocketException or InvalidDataException)
        {
            // As without a proxy: nobody is there, or nobody who understands it.
            caller.Cut();
        }
    }

    // Encryption is declined: what is encrypted has no faults.
    private async Task<PostgresMessage?> FirstMessageAsync()
    {
        while (await PostgresMessage.ReadAsync(caller.Sent, first: true) is { } message)
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
        _ = fields.Integer();
        for (var name = fields.Text(); name.Length > 0; name = fields.Text())
            settings[name] = fields.Text();
        return settings.GetValueOrDefault("database") ?? settings.GetValueOrDefault("user", "");
    }

    private async Task CallsAsync(PostgresServer server, string database)
    {
        while (await PostgresCall.ReadAsync(caller, statements) is { } sent)
        {
            if (sent.Text.Length == 0)
                await server.SendAsync(sent.Bytes);
            else if (!await MeetAsync(server, sent, database))
                break;
        }
    }

    // False when the connection is over.
    private async Task<bool> MeetAsync(PostgresServer server, PostgresCall sent, string database)
    {
        var call = sent.For(database, server.State == 'I' ? null : transaction.ToString(), templates);
        var fault = faults.Meeting(call);
        var changes = call.HasEffect && server.State != 'E' && (sent.Commits ? transactionChanges : sent.Changes);
        var outcome = new CallOutcome { Fault = fault?.Id };
        var entry = fault is not null || changes
            ? journal.Begin(call.System, call.Method, call.Path, call.Query) : null;
        outcome.Answered = await (fault is null ? HandleAsync() : FaultAsync(fault));
        if (entry is not null)
            journal.Write(outcome.Of(entry));
        if (!outcome.Answered)
            caller.Cut();
        return outcome.Answered;

        async Task<bool> HandleAsync()
        {
            await ExecuteAsync(server, sent);
            outcome.Status = server.Refused ? 500 : 200;
            outcome.Effect = changes && !server.Refused;
            return !server.Silent && !caller.Left.IsCancellationRequested;
        }

        // Whether the caller got its answer.
        async Task<bool> FaultAsync(Fault met)
        {
            switch (met.Rule.Kind)
            {
                case FaultKind.Answer:
                    await server.CallAsync(PostgresMessage.Raise(met.Rule.SqlState!));
                    outcome.Status = 500;
                    return !server.Silent;
                case FaultKind.Delay:
                    return await met.ReleasedAsync(caller.Left) && await HandleAsync();
                case FaultKind.Hang:
                    await met.ReleasedAsync(caller.Left);
                    return false;
                case FaultKind.Reset:
                    return false;
                case FaultKind.LoseAnswer:
                    server.Silent = true;
                    await HandleAsync();
                    met.Hit();
                    return false;
                case FaultKind.HoldAnswer:
                    server.HoldAnswer();
                    await HandleAsync();
                    met.Hit();
                    return await met.ReleasedAsync(caller.Left) && await server.LetGoAsync();
                case FaultKind.LateEffect:
                    return await met.ReleasedAsync(CancellationToken.None) && await HandleAsync();
                case FaultKind.AfterCallerLeft:
                    server.Silent = true;
                    var removed = !await met.ReleasedAsync(caller.Left) && !caller.Left.IsCancellationRequested;
                    return !removed && await HandleAsync();
                default:
                    throw new InvalidOperationException($"PostgreSQL has no such fault: {met.Rule.Kind}");
            }
        }
    }

    private async Task ExecuteAsync(PostgresServer server, PostgresCall sent)
    {
        if (sent.IsAnswered)
            await server.CallAsync(sent.Bytes);
        else
            await server.SendAsync(sent.Bytes);
        if (sent.IsAnswered && server.State == 'I')
        {
            transaction.Clear();
            templates.Clear();
            transactionChanges = false;
        }
        else
        {
            transaction.Append(sent.Text).Append('\n');
            templates.AddRange(sent.Templates);
            transactionChanges |= sent.Changes;
        }
    }
}
