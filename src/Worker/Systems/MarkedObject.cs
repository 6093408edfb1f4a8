using System.Runtime.CompilerServices;
using Worker.Sweeps;

namespace Worker.Systems;

/// <summary>An object in an outside system that carries this installation's mark.</summary>
/// <param name="Name">The current name; a tenant may have renamed it.</param>
/// <param name="Mark">The owner, as far as the system can prove it.</param>
public sealed record MarkedObject(string Name, OwnershipMark Mark);

/// <summary>A page of the objects of one system, in the ordinal order of their names.</summary>
/// <param name="Last">The last name that was read for the page, whether its object is marked or not.</param>
/// <param name="Objects">The marked objects.</param>
public sealed record MarkedPage(string Last, IReadOnlyList<MarkedObject> Objects)
{
    private const int Size = 100;

    /// <summary>Reads the marks of listed names, a page after the other.</summary>
    /// <param name="names">The names of all candidates, in any order.</param>
    /// <param name="after">Names up to this one are left out; "": none.</param>
    /// <param name="readAsync">Reads one object; null when it carries no mark of this installation.</param>
    /// <param name="errors">Collects the errors of objects that cannot be read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<MarkedPage> ReadAsync(
        IEnumerable<string> names,
        string after,
        Func<string, Task<MarkedObject?>> readAsync,
        ErrorCollector errors,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[] page in names
            .Where(name => string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal).Chunk(Size))
        {
            var read = await ConcurrentReads.ReadAsync(page, TryReadAsync, cancellationToken);
            yield return new MarkedPage(page[^1], [.. read.OfType<MarkedObject>()]);
        }

        async Task<MarkedObject?> TryReadAsync(string name)
        {
            MarkedObject? found = null;
            await errors.TryAsync(name, async () => found = await readAsync(name), cancellationToken);
            return found;
        }
    }
}
