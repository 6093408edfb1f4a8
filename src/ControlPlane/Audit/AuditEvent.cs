using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Audit;

/// <summary>A row of <c>audit_events</c>.</summary>
/// <param name="Event">ACT_BEGUN, ACT_ENDED, TENANT_STATE or ATTEMPT_STATE.</param>
/// <param name="Actor">OPERATOR, LEAD, WORKER, or DATABASE for a change by hand.</param>
/// <param name="Previous">The state before; null for acts and for new tenants and attempts.</param>
/// <param name="Outcome">BEGUN, the answer's status and code, or the new state.</param>
public sealed record AuditEvent(
    long Id, Guid? TenantId, int? Attempt, string Event, string Actor, string? ActorSub, string? ActorName,
    string? Route, string? Previous, string Outcome, string? Network, DateTimeOffset At)
{
    /// <summary>The hash before the first row.</summary>
    public static readonly byte[] FirstHash = new byte[SHA256.HashSizeInBytes];

    /// <summary>
    /// Returns SHA-256 of the hash before, the position and every column in the order of the table. Each column is its
    /// length in bytes (32 bits, big-endian; -1: null) and its UTF-8 text; the time is in microseconds since 1970.
    /// </summary>
    public byte[] Hash(long position, ReadOnlySpan<byte> previousHash)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previousHash);
        Append(hash, Text(position));
        Append(hash, Text(Id));
        Append(hash, TenantId?.ToString("D"));
        Append(hash, Attempt is { } attempt ? Text(attempt) : null);
        foreach (string? column in (string?[])
            [Event, Actor, ActorSub, ActorName, Route, Previous, Outcome, Network])
        {
            Append(hash, column);
        }

        Append(hash, Text((At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond));
        return hash.GetHashAndReset();
    }

    public static AuditEvent Read(NpgsqlDataReader row) => new(
        row.GetInt64(row.GetOrdinal("id")), row["tenant_id"] as Guid?, row["attempt"] as int?, row.Text("event"),
        row.Text("actor"), row.FindText("actor_sub"), row.FindText("actor_name"), row.FindText("route"),
        row.FindText("previous"), row.Text("outcome"), row.FindText("network"), row.Time("at"));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Append(IncrementalHash hash, string? text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        byte[] bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
