using System.Xml.Linq;

namespace Sandbox.S3.Operations;

internal static class VersioningOperations
{
    public static Task GetAsync(S3Call call)
    {
        var status = call.Bucket().Versioning;
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "VersioningConfiguration", status is null ? null : new XElement("Status", status)));
    }

    public static async Task PutAsync(S3Call call)
    {
        var configuration = await call.XmlAsync();
        if (configuration?.Name.LocalName != "VersioningConfiguration")
            throw S3Exception.MalformedXml();
        if (configuration.Text("MfaDelete") is "Enabled")
            throw S3Exception.NotImplemented("MfaDelete");
        var status = configuration.Text("Status");
        if (status is not ("Enabled" or "Suspended"))
            throw new S3Exception(
                400, "IllegalVersioningConfigurationException", "The Versioning element must be specified");
        call.InBucket(bucket => call.Store.Buckets.SetVersioning(bucket.Name, status));
    }
}
