namespace Sandbox.Control;

internal static class JournalApi
{
    public static void MapJournal(this RouteGroupBuilder group, Journal journal)
    {
        group.MapGet("/journal", (long after = 0, int limit = 1000) =>
            Results.Json(journal.Calls(after, Math.Clamp(limit, 1, 10_000)), ControlJson.Options));
        group.MapDelete("/journal", () =>
        {
            journal.Clear();
            return Results.NoContent();
        });
    }
}
