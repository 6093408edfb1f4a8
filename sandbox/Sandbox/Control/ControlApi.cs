namespace Sandbox.Control;

/// <summary>
/// Faults and journal over HTTP. Every stand-in serves this API at its own address, and each serves it for the whole
/// sandbox.
/// <code>curl -X POST http://127.0.0.1:9000/_sandbox/faults -d
/// '{"system":"s3","method":"PUT","status":503,"count":2}'</code>
/// </summary>
internal static class ControlApi
{
    public const string Root = "/_sandbox";

    public static void MapControl(this WebApplication app, Faults faults, Journal journal)
    {
        var group = app.MapGroup(Root);
        group.MapFaults(faults);
        group.MapJournal(journal);
    }
}
