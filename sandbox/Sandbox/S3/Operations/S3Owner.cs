using System.Xml.Linq;
using Sandbox.S3.Signing;

namespace Sandbox.S3.Operations;

internal static class S3Owner
{
    /// <summary>
    /// Returns the owner element. S3's canonical user id is 64 opaque hexadecimal digits; here it is derived from the
    /// account's number.
    /// </summary>
    public static XElement Of(string accountId, string element = "Owner") => new(
        element,
        new XElement("ID", Signer.Hash(System.Text.Encoding.ASCII.GetBytes(accountId))),
        new XElement("DisplayName", $"account-{accountId}"));
}
