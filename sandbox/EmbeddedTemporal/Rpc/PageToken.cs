using System.Globalization;

namespace EmbeddedTemporal.Rpc;

/// <summary>The start of the next page, as an opaque token for clients.</summary>
/// <param name="RunId">The run of a history page; empty for a list.</param>
/// <param name="Next">The start position, at least 1. Its meaning depends on the list.</param>
internal readonly record struct PageToken(string RunId, long Next)
{
    public PageToken(long next)
        : this("", next)
    {
    }

    public ByteString ToBytes() => ByteString.CopyFromUtf8(FormattableString.Invariant($"{RunId}/{Next}"));

    public static PageToken Parse(ByteString token) =>
        token.ToStringUtf8().Split('/') is [var runId, var number]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var next) && next > 0
            ? new PageToken(runId, next)
            : throw TemporalErrors.InvalidArgument("next_page_token is not a token of this server");
}
