namespace Worker.Sweeps;

/// <summary>An outside system that keeps contact data of leads.</summary>
public interface IContactStore
{
    /// <summary>Erases the contact data of a lead, and of the admin user of its expired tenant. Repeatable.</summary>
    Task EraseAsync(ErasableContact contact, CancellationToken cancellationToken);
}
