namespace EmbeddedTemporal.Visibility;

/// <summary>Creates values of search attributes that the server sets.</summary>
internal static class SearchAttribute
{
    /// <param name="type">Temporal's type name, such as Keyword or Datetime.</param>
    public static Payload Create(string value, string type) => new()
    {
        Data = ByteString.CopyFromUtf8($"\"{value}\""),
        Metadata =
        {
            ["encoding"] = ByteString.CopyFromUtf8("json/plain"),
            ["type"] = ByteString.CopyFromUtf8(type),
        },
    };
}
