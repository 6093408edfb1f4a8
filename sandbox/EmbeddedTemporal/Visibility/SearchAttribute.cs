namespace EmbeddedTemporal.Visibility;

/// <summary>The value of a search attribute that the server itself sets.</summary>
internal static class SearchAttribute
{
    /// <param name="type">As Temporal names it, such as Keyword or Datetime.</param>
    public static Payload Of(string value, string type) => new()
    {
        Data = ByteString.CopyFromUtf8($"\"{value}\""),
        Metadata =
        {
            ["encoding"] = ByteString.CopyFromUtf8("json/plain"),
            ["type"] = ByteString.CopyFromUtf8(type),
        },
    };
}
