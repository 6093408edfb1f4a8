using System.Globalization;

namespace EmbeddedTemporal.Rpc;

/// <summary>Where the next page begins, in a form that a client hands back as it came.</summary>
/// <param name="RunId">The run whose history it is; empty for a list.</param>
/// <param name="Next">What it counts is up to who makes it; at least 1.</param>
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
