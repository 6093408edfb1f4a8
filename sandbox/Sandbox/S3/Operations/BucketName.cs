using System.Net;
using System.Text.RegularExpressions;

namespace Sandbox.S3.Operations;

/// <summary>
/// Rules for bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
/// </summary>
internal static partial class BucketName
{
    private static readonly string[] ReservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    private static readonly string[] ReservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    public static void Check(string name)
    {
        if (!Format().IsMatch(name) || name.Contains("..", StringComparison.Ordinal) || IsIPAddress(name)
            || ReservedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            || ReservedSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
            throw new S3Exception(400, "InvalidBucketName", "The specified bucket is not valid.");
    }

    private static bool IsIPAddress(string name) =>
        name.Count(c => c == '.') == 3 && IPAddress.TryParse(name, out _);

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex Format();
}
