using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Functions;

/// <summary>
/// Keys of ASP.NET Core's data protection, which the Functions packages register and nothing here uses. By default
/// they would be written to the home folder of the account, at each first start.
/// </summary>
public sealed class KeysInMemory : IXmlRepository
{
    private readonly Lock @lock = new();
    private readonly List<XElement> elements = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (@lock)
        {
            return [.. elements];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (@lock)
        {
            elements.Add(element);
        }
    }
}
