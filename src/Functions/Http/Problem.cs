using System.Text.Json.Serialization;

namespace Functions.Http;

/// <summary>What went wrong, as RFC 9457 lays it out.</summary>
/// <param name="Type">Always <c>about:blank</c>: <paramref name="Code"/> tells the kinds apart.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was found and what is expected, for a person.</param>
/// <param name="Code">Stable, for a program.</param>
/// <param name="Field">The field of the body, or the parameter, at fault.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field = null);
