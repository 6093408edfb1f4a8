using System.Globalization;
using System.Text.RegularExpressions;

namespace Worker.Systems;

/// <summary>
/// The mark on an object in an outside system, which names its owner. It is written together with the object: as the
/// comment <c>arc-saas installation=… tenant=… attempt=…</c>, or as the tags <c>arc-saas:installation</c> and so on.
/// </summary>
public sealed partial record OwnershipMark(Guid Installation, Guid Tenant, int Attempt)
{
    private const string Prefix = "arc-saas:";

    public IReadOnlyDictionary<string, string> Tags => new Dictionary<string, string>
    {
        [Prefix + "installation"] = Installation.ToString("D"),
        [Prefix + "tenant"] = Tenant.ToString("D"),
        [Prefix + "attempt"] = Attempt.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Determines the owner of an object, relative to the attempt of this mark.</summary>
    /// <param name="found">The mark on the object; null without a readable mark.</param>
    public Ownership GetOwnership(OwnershipMark? found) => found switch
    {
        null => Ownership.Foreign,
        _ when found.Installation != Installation || found.Tenant != Tenant => Ownership.Foreign,
        _ when found.Attempt > Attempt => Ownership.HigherAttempt,
        _ when found.Attempt < Attempt => Ownership.LowerAttempt,
        _ => Ownership.Ours,
    };

    public static OwnershipMark? FromComment(string? comment) =>
        comment is not null && Comment().Match(comment) is { Success: true } match
            ? Read(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
            : null;

    public static OwnershipMark? FromTags(IReadOnlyDictionary<string, string> tags) =>
        Read(
            tags.GetValueOrDefault(Prefix + "installation"),
            tags.GetValueOrDefault(Prefix + "tenant"),
            tags.GetValueOrDefault(Prefix + "attempt"));

    public string ToComment() => $"arc-saas installation={Installation:D} tenant={Tenant:D} attempt={Attempt}";

    private static OwnershipMark? Read(string? installation, string? tenant, string? attempt) =>
        Guid.TryParseExact(installation, "D", out var i)
        && Guid.TryParseExact(tenant, "D", out var t)
        && int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out int a)
            ? new OwnershipMark(i, t, a)
            : null;

    [GeneratedRegex(@"\Aarc-saas installation=(\S+) tenant=(\S+) attempt=(\d+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
