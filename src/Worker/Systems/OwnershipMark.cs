using System.Globalization;
using System.Text.RegularExpressions;
using ControlPlane;

namespace Worker.Systems;

/// <summary>
/// What says on a thing in an outside system that it is ours, and whose. Written together with the thing; as a comment
/// <c>arc-saas installation=… tenant=… attempt=…</c>, as tags <c>arc-saas:installation</c> and so on.
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

    /// <summary>
    /// What a thing that carries <paramref name="found"/> is to the attempt that this mark stands for.
    /// </summary>
    public Ownership Judge(OwnershipMark? found) => found switch
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

/// <summary>Whose something is that stands where ours should.</summary>
public enum Ownership
{
    /// <summary>This attempt's: finish it.</summary>
    Ours = 1,

    /// <summary>Of an earlier attempt of the same tenant: mark it anew, or delete it and begin again.</summary>
    LowerAttempt,

    /// <summary>Of a later attempt: whoever asks is stale and leaves it alone.</summary>
    HigherAttempt,

    /// <summary>Not this tenant's, or nobody can tell: untouched, always.</summary>
    Foreign,
}

public static class OwnershipRules
{
    /// <exception cref="ControlPlaneException">
    /// <see cref="ErrorCode.OwnershipConflict"/> or <see cref="ErrorCode.StaleAttempt"/>: nothing may be touched.
    /// </exception>
    public static Ownership OrConflict(this Ownership ownership, string what) => ownership switch
    {
        Ownership.Foreign => throw new ControlPlaneException(ErrorCode.OwnershipConflict,
            $"The {what} is there already and is not this tenant's. It was not touched; remove or rename it."),
        Ownership.HigherAttempt => throw new ControlPlaneException(ErrorCode.StaleAttempt,
            $"The {what} belongs to a later attempt of this tenant."),
        _ => ownership,
    };

    /// <summary>Whether an undo may delete it: never what is foreign or a later attempt's.</summary>
    public static bool IsOursToDelete(this Ownership ownership) =>
        ownership is Ownership.Ours or Ownership.LowerAttempt;
}
