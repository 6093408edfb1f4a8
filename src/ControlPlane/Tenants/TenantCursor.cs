using System.Buffers.Binary;
using System.Buffers.Text;

namespace ControlPlane.Tenants;

/// <summary>Where a page of tenants ended: opaque to the caller, and stable while tenants are added.</summary>
public sealed record TenantCursor(DateTimeOffset CreatedAt, Guid Id)
{
    public string ToText()
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedAt.UtcTicks);
        Id.TryWriteBytes(bytes[8..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="ControlPlaneException">Not one that a page gave.</exception>
    public static TenantCursor Parse(string text, string field = "cursor")
    {
        Span<byte> bytes = stackalloc byte[24];
        if (text.Length == 32 && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out int length)
            && length == bytes.Length)
        {
            long ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
            if (ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks)
            {
                return new TenantCursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..]));
            }
        }

        throw ControlPlaneException.Invalid(field, $"{field} is not one that a page of this list gave as next.");
    }
}
