using System.Xml.Linq;
using Sandbox.S3.Signing;

namespace Sandbox.S3.Operations;

internal static class S3Owner
{
    /// <summary>
    /// An account's canonical user id is 64 hexadecimal digits that say nothing; here derived from its number.
    /// </summary>
    public static XElement Of(string accountId, string element = "Owner") => new(
        element,
        new XElement("ID", Signer.Hash(System.Text.Encoding.ASCII.GetBytes(accountId))),
        new XElement("DisplayName", $"account-{accountId}"));
}
