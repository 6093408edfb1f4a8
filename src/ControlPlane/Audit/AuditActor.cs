using System.Globalization;
using System.Text;
using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Audit;

/// <summary>
/// The party on whose behalf the current call changes the database. Every transaction announces it to the triggers that
/// write the audit (0014_audit.sql), so no change of state is without its actor.
/// </summary>
/// <param name="Kind">The kind of the party.</param>
/// <param name="Sub">The subject of the token: an operator's or a lead's id; null for the worker.</param>
/// <param name="Name">The operator's login name.</param>
/// <param name="Route">The route, or the workflow and its activity.</param>
/// <param name="Network">The caller's network, never the whole address.</param>
public sealed record AuditActor(ActorKind Kind, string? Sub, string? Name, string? Route, string? Network)
{
    /// <summary>The length to which each text is cut.</summary>
    public const int MaxLength = 200;

    private static readonly AsyncLocal<AuditActor?> Ambient = new();

    /// <summary>The actor of the current asynchronous call; null where none was set.</summary>
    public static AuditActor? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public string KindText => Kind.ToString().ToUpperInvariant();

    /// <summary>
    /// Returns a claim as it is recorded: without control characters, bounded, and without the domain of an address.
    /// </summary>
    public static string? FromClaim(string? text)
    {
        if (text?.Split('@', 2)[0] is not { Length: > 0 } name)
        {
            return null;
        }

        string clean = string.Concat(name.EnumerateRunes().Where(rune =>
            Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format)).Take(MaxLength));
        return clean.Length == 0 ? null : clean;
    }

    /// <summary>Announces the actor until the end of the connection's transaction.</summary>
    internal Task AnnounceAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => connection.Command(
        """
        SELECT set_config('control_plane.actor', jsonb_build_object('kind', $1::text, 'sub', $2::text,
            'name', $3::text, 'route', $4::text, 'network', $5::text)::text, true)
        """,
        KindText, Sub, Name, Route, Network).ExecuteAsync(cancellationToken);
}

/// <summary>The kinds of actors.</summary>
public enum ActorKind
{
    Operator = 1,
    Lead,
    Worker,
}
