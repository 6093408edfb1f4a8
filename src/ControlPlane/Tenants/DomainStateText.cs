namespace ControlPlane.Tenants;

/// <summary>Converts <see cref="DomainState"/> to and from its text in the database and over HTTP.</summary>
public static class DomainStateText
{
    public static string ToText(this DomainState state) => state switch
    {
        DomainState.Proven => "PROVEN",
        DomainState.Unproven => "UNPROVEN",
        DomainState.Released => "RELEASED",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static DomainState Parse(string text) => text switch
    {
        "PROVEN" => DomainState.Proven,
        "UNPROVEN" => DomainState.Unproven,
        "RELEASED" => DomainState.Released,
        _ => throw new FormatException($"'{text}' is not a state of a domain."),
    };
}
