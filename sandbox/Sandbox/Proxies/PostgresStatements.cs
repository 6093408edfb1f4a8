using System.Text;

namespace Sandbox.Proxies;

/// <summary>
/// The prepared statements and portals of a connection. They give the text of an Execute message, which names only its
/// portal.
/// </summary>
internal sealed class PostgresStatements
{
    private const int UuidType = 2950;

    private readonly Dictionary<string, (string Text, int[] Types)> prepared = [];
    private readonly Dictionary<string, PostgresStatement> portals = [];

    /// <summary>Processes a message and returns the statement that it executes; null if it executes none.</summary>
    public PostgresStatement? Process(PostgresMessage message)
    {
        var fields = message.Fields;
        switch ((char)message.Type)
        {
            case 'Q':
                return PostgresStatement.Of(fields.ReadText());
            case 'E':
                return portals.GetValueOrDefault(fields.ReadText(), PostgresStatement.Of(""));
            case 'P':
                prepared[fields.ReadText()] = (fields.ReadText(), fields.ReadInt32Array());
                return null;
            case 'B':
                portals[fields.ReadText()] = Bind(prepared.GetValueOrDefault(fields.ReadText(), ("", [])), fields);
                return null;
            default:
                return null;
        }
    }

    // There is one format code for all parameters, or one per parameter. 1 is binary, which is readable for text but
    // not for a uuid.
    private static PostgresStatement Bind((string Text, int[] Types) statement, PostgresFields fields)
    {
        var formats = fields.ReadInt16Array();
        var text = new StringBuilder(statement.Text);
        foreach (var (number, value) in fields.ReadValues().Index())
        {
            var isBinary = formats.ElementAtOrDefault(formats.Length == 1 ? 0 : number) == 1;
            var isUuid = isBinary && value.Length == 16 && statement.Types.ElementAtOrDefault(number) == UuidType;
            text.Append('\n').Append(isUuid
                ? new Guid(value.Span, bigEndian: true).ToString("D")
                : Encoding.UTF8.GetString(value.Span));
        }

        return new(text.ToString(), statement.Text);
    }
}

/// <param name="Text">Text of the statement with its parameters.</param>
/// <param name="Template">Text of the statement without its parameters.</param>
internal sealed record PostgresStatement(string Text, string Template)
{
    public static PostgresStatement Of(string text) => new(text, text);
}
