using System.Text.Json.Serialization;

namespace Api.Http;

/// <summary>Problem details (RFC 9457) of an error.</summary>
/// <param name="Type">Always <c>about:blank</c>: <paramref name="Code"/> identifies the kind of error.</param>
/// <param name="Title">The reason phrase of the status.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">The found and the expected value, for a person.</param>
/// <param name="Code">The stable code of the error, for a program.</param>
/// <param name="Field">The invalid field of the body, or the invalid parameter.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field = null);
