using System.Text;

namespace Sandbox.Proxies;

/// <summary>
/// What a connection has prepared and bound, so that an Execute, which names neither, can be told by its text.
/// </summary>
internal sealed class PostgresStatements
{
    private const int Uuid = 2950;

    private readonly Dictionary<string, (string Text, int[] Types)> prepared = [];
    private readonly Dictionary<string, PostgresStatement> bound = [];

    /// <summary>What this message executes; null when it executes nothing.</summary>
    public PostgresStatement? Read(PostgresMessage message)
    {
        var fields = message.Fields;
        switch ((char)message.Type)
        {
            case 'Q':
                return PostgresStatement.Of(fields.Text());
            case 'E':
                return bound.GetValueOrDefault(fields.Text(), PostgresStatement.Of(""));
            case 'P':
                prepared[fields.Text()] = (fields.Text(), fields.Integers());
                return null;
            case 'B':
                bound[fields.Text()] = Bind(prepared.GetValueOrDefault(fields.Text(), ("", [])), fields);
                return null;
            default:
                return null;
        }
    }

    // One format for all of them, or one each; 1 is binary, in which text reads as text and a uuid does not.
    private static PostgresStatement Bind((string Text, int[] Types) statement, PostgresFields fields)
    {
        var formats = fields.Shorts();
        var text = new StringBuilder(statement.Text);
        foreach (var (number, value) in fields.Values().Index())
        {
            var binary = formats.ElementAtOrDefault(formats.Length == 1 ? 0 : number) == 1;
            var isUuid = binary && value.Length == 16 && statement.Types.ElementAtOrDefault(number) == Uuid;
            text.Append('\n').Append(isUuid
                ? new Guid(value.Span, bigEndian: true).ToString("D")
                : Encoding.UTF8.GetString(value.Span));
        }

        return new(text.ToString(), statement.Text);
    }
}

/// <param name="Text">With its parameters.</param>
/// <param name="Template">Without them.</param>
internal sealed record PostgresStatement(string Text, string Template)
{
    public static PostgresStatement Of(string text) => new(text, text);
}
