using System.Buffers;
using Sandbox.Control;

namespace Sandbox.Proxies;

/// <summary>
/// What a caller sends until it wants an answer: a simple query, or the messages up to a Sync. It goes to the server
/// whole or not at all.
/// </summary>
/// <param name="Bytes">As on the wire.</param>
/// <param name="Text">Of all statements in it, with their parameters; empty for a call that executes nothing.</param>
/// <param name="Templates">The same without the parameters.</param>
/// <param name="IsAnswered">Whether the server says when it is ready again; after a Flush it does not.</param>
internal sealed record PostgresCall(
    ReadOnlyMemory<byte> Bytes, string Text, IReadOnlyList<string> Templates, bool IsAnswered)
{
    // What changes nothing that would be seen after a commit.
    private static readonly HashSet<string> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "BEGIN", "CLOSE", "DEALLOCATE", "DECLARE", "DISCARD", "EXPLAIN", "FETCH", "LISTEN", "LOCK", "RELEASE",
        "RESET", "ROLLBACK", "SAVEPOINT", "SELECT", "SET", "SHOW", "START", "UNLISTEN",
    };

    /// <summary>The first word.</summary>
    public string Word { get; } = string.Concat(Text.TrimStart().TakeWhile(char.IsAsciiLetter)).ToUpperInvariant();

    public bool Changes => !Readers.Contains(Word);

    public bool Begins => Word is "BEGIN" or "START";

    public bool Commits => Word is "COMMIT" or "END";

    /// <summary>The next call of a connection; null when there is none any more.</summary>
    public static async Task<PostgresCall?> ReadAsync(PostgresCaller caller, PostgresStatements statements)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var executed = new List<PostgresStatement>();
        while (await PostgresMessage.ReadAsync(caller.Sent, first: false) is { } message)
        {
            bytes.Write(message.Bytes.Span);
            if (statements.Read(message) is { } statement)
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

    /// <param name="database">Where.</param>
    /// <param name="transaction">What was executed before in the open transaction; null when none is open.</param>
    /// <param name="templates">The same without the parameters.</param>
    public Call For(string database, string? transaction, IEnumerable<string> templates) => new(
        Call.Postgres,
        Word,
        $"/{database}",
        PostgresShape.Of(Commits ? templates.Concat(Templates) : Templates),
        Commits ? transaction + Text : Text,
        IsAnswered && (Commits || (transaction is null && !Begins)));
}
