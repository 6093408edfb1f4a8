using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Sandbox.S3;

internal static class S3Xml
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Parses XML without document types and entities; returns null for an empty body.</summary>
    public static XElement? Parse(byte[] bytes)
    {
        if (bytes.Length == 0)
            return null;
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            throw S3Exception.MalformedXml();
        }
    }

    /// <summary>Returns the child with this local name in any namespace, since not all clients write one.</summary>
    public static XElement? Child(this XElement? element, string name) =>
        element?.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    public static IEnumerable<XElement> Children(this XElement? element, string name) =>
        element?.Elements().Where(child => child.Name.LocalName == name) ?? [];

    public static string Text(this XElement? element, string name) => element.Child(name)?.Value.Trim() ?? "";

    public static Task WriteAsync(HttpResponse response, XElement document)
    {
        response.ContentType = "application/xml";
        var plain = document.DescendantsAndSelf().Where(element => element.Name.Namespace == XNamespace.None);
        foreach (var element in plain.ToList())
            element.Name = document.Name.Namespace + element.Name.LocalName;
        return response.Body.WriteAsync(Bytes(document)).AsTask();
    }

    private static ReadOnlyMemory<byte> Bytes(XElement document)
    {
        var bytes = new MemoryStream();
        // Keys may hold characters that are invalid in XML; like Amazon, they are written as character references.
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { CheckCharacters = false, Encoding = Utf8 }))
            document.WriteTo(writer);
        return bytes.ToArray();
    }
}
