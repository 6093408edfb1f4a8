namespace Worker.Systems;

/// <summary>An object in an outside system that carries this installation's mark.</summary>
/// <param name="Name">The current name; a tenant may have renamed it.</param>
/// <param name="Mark">The owner, as far as the system can prove it.</param>
public sealed record MarkedObject(string Name, OwnershipMark Mark);
