using System.Buffers.Binary;
using System.Buffers.Text;
using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Audit;

/// <param name="Next">The cursor of the next page; null on the last page.</param>
public sealed record AuditPage(IReadOnlyList<AuditEvent> Events, string? Next);

/// <summary>Lists the audit of a tenant in pages, newest first.</summary>
public sealed class ListAudit(GetTenant tenants, NpgsqlDataSource database)
{
    public const int MaxPageSize = 200;
    public const int DefaultPageSize = 50;

    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist, or the cursor or the limit is invalid; names it.
    /// </exception>
    public async Task<AuditPage> ExecuteAsync(
        Guid tenantId, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        int size = limit ?? DefaultPageSize;
        if (size is < 1 or > MaxPageSize)
        {
            throw ControlPlaneException.Invalid("limit", $"limit must be a whole number from 1 to {MaxPageSize}.");
        }

        long before = cursor is null ? long.MaxValue : ParseCursor(cursor);
        await tenants.ExecuteAsync(tenantId, cancellationToken);
        // One more than requested, to detect whether there is a next page.
        var found = await database.Command(
            "SELECT * FROM audit_events WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            tenantId, before, size + 1).ReadAllAsync(AuditEvent.Read, cancellationToken);
        var page = found.Take(size).ToList();
        return new AuditPage(page, found.Count > size ? ToCursor(page[^1].Id) : null);
    }

    private static string ToCursor(long id)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id);
        return Base64Url.EncodeToString(bytes);
    }

    private static long ParseCursor(string text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        return text.Length == 11 && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out int length) && length == bytes.Length
                ? BinaryPrimitives.ReadInt64BigEndian(bytes)
                : throw ControlPlaneException.Invalid(
                    "cursor", "cursor must be the next value of a page of this list.");
    }
}
