using System.Globalization;

namespace Worker.Systems.Secrets;

/// <summary>
/// The name of a tenant's secret. It begins with the mark, so that a secret never exists without its mark.
/// </summary>
/// <param name="Mark">The installation, tenant and attempt.</param>
/// <param name="Name">The name within the attempt, such as <c>database-1</c>.</param>
public sealed record SecretName(OwnershipMark Mark, string Name)
{
    /// <summary>Names the password of a database login.</summary>
    public static SecretName OfDatabase(OwnershipMark mark, int generation) =>
        new(mark, string.Create(CultureInfo.InvariantCulture, $"database-{generation}"));

    /// <summary>Reads the text of a name; null where it is none.</summary>
    public static SecretName? Parse(string text) =>
        text.Split('/') is [var installation, var tenant, var attempt, var name]
        && Guid.TryParseExact(installation, "D", out var i) && Guid.TryParseExact(tenant, "D", out var t)
        && int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out int a)
            ? new SecretName(new OwnershipMark(i, t, a), name)
            : null;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Mark.Installation:D}/{Mark.Tenant:D}/{Mark.Attempt}/{Name}");
}
