using System.Buffers;
using Sandbox.Control;

namespace Sandbox.Proxies;

/// <summary>
/// Messages that a caller sends before it waits for an answer: a simple query, or the messages up to a Sync or Flush.
/// They are sent to the server together or not at all.
/// </summary>
/// <param name="Bytes">The messages as on the wire.</param>
/// <param name="Text">Text of the executed statements with their parameters; empty if nothing is executed.</param>
/// <param name="Templates">The executed statements without their parameters.</param>
/// <param name="HasReadyForQuery">Whether the answer ends with ReadyForQuery; after a Flush it does not.</param>
internal sealed record PostgresCall(
    ReadOnlyMemory<byte> Bytes, string Text, IReadOnlyList<string> Templates, bool HasReadyForQuery)
{
    // Commands without an effect that is visible after a commit.
    private static readonly HashSet<string> ReadOnlyCommands = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "BEGIN", "CLOSE", "DEALLOCATE", "DECLARE", "DISCARD", "EXPLAIN", "FETCH", "LISTEN", "LOCK", "RELEASE",
        "RESET", "ROLLBACK", "SAVEPOINT", "SELECT", "SET", "SHOW", "START", "UNLISTEN",
    };

    /// <summary>The first word of the text, in upper case.</summary>
    public string Command { get; } = string.Concat(Text.TrimStart().TakeWhile(char.IsAsciiLetter)).ToUpperInvariant();

    public bool IsWrite => !ReadOnlyCommands.Contains(Command);

    public bool IsBegin => Command is "BEGIN" or "START";

    public bool IsCommit => Command is "COMMIT" or "END";

    /// <summary>Reads the next call of a connection; returns null at its end.</summary>
    public static async Task<PostgresCall?> ReadAsync(PostgresCaller caller, PostgresStatements statements)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var executed = new List<PostgresStatement>();
        while (await PostgresMessage.ReadAsync(caller.Input, isFirst: false) is { } message)
        {
            bytes.Write(message.Bytes.Span);
            if (statements.Process(message) is { } statement)
                executed.Add(statement);
            if ((char)message.Type is not ('P' or 'B' or 'C' or 'D' or 'E'))
            {
                return new(
                    bytes.WrittenMemory,
                    string.Join('\n', executed.Select(statement => statement.Text)),
                    [.. executed.Select(statement => statement.Template)],
                    (char)message.Type is 'Q' or 'S');
            }
        }

        return null;
    }

    /// <summary>Returns the call in the form that fault rules are matched against.</summary>
    /// <param name="database">Name of the database.</param>
    /// <param name="transaction">Text executed so far in the open transaction; null if none is open.</param>
    /// <param name="templates">Statements of the open transaction without their parameters.</param>
    public Call ToCall(string database, string? transaction, IEnumerable<string> templates) => new(
        Call.Postgres,
        Command,
        $"/{database}",
        PostgresNormalizer.Normalize(IsCommit ? templates.Concat(Templates) : Templates),
        IsCommit ? transaction + Text : Text,
        HasReadyForQuery && (IsCommit || (transaction is null && !IsBegin)));
}
