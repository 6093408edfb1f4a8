using Worker.Systems;

namespace Worker.Sweeps;

/// <summary>Something in an outside system that carries a mark of ours.</summary>
/// <param name="Name">What it is called now.</param>
/// <param name="Mark">Whose it is, as far as the system can prove it.</param>
public sealed record MarkedObject(string Name, OwnershipMark Mark);

/// <summary>What of one kind carries a mark of ours, listed by the system itself.</summary>
public interface IMarkedObjects
{
    /// <summary>One of the types of the resource records.</summary>
    string Type { get; }

    /// <summary>The task queue of its system.</summary>
    string Queue { get; }

    /// <summary>Everything of this installation, and nothing else.</summary>
    /// <param name="each">Notes what cannot be read, so that the others are listed all the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<MarkedObject>> ListAsync(ErrorCollector each, CancellationToken cancellationToken);

    /// <summary>Deletes it as long as it is still the one that was listed.</summary>
    /// <param name="found">As listed.</param>
    /// <param name="beforeChange">Asked last before each call that changes something; throws when it may not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was.</returns>
    Task<bool> DeleteAsync(MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken);
}
