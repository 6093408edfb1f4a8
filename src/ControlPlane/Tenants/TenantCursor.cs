using System.Buffers.Binary;
using System.Buffers.Text;

namespace ControlPlane.Tenants;

/// <summary>The end position of a page of tenants: opaque to callers, and stable while tenants are added.</summary>
public sealed record TenantCursor(DateTimeOffset CreatedAt, Guid Id)
{
    /// <summary>The length of its text.</summary>
    public const int TextLength = 32;

    public string ToText()
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedAt.UtcTicks);
        Id.TryWriteBytes(bytes[8..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="ControlPlaneException">The text is not a cursor; names the field.</exception>
    public static TenantCursor Parse(string text, string field = "cursor")
    {
        Span<byte> bytes = stackalloc byte[24];
        if (text.Length == TextLength && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out int length)
            && length == bytes.Length)
        {
            long ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
            if (ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks)
            {
                return new TenantCursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..]));
            }
        }

        throw ControlPlaneException.Invalid(field, $"{field} must be the next value of a page of this list.");
    }
}
