using System.Text.Json;

namespace Sandbox.Control;

internal static class FaultsApi
{
    public static void MapFaults(this RouteGroupBuilder group, Faults faults)
    {
        group.MapPost("/faults", (HttpRequest request) => AddAsync(request, faults));
        group.MapGet("/faults", () => Json(faults.All.Select(FaultState.Of)));
        group.MapDelete("/faults", () => Clear(faults));
        group.MapGet("/faults/{id}", (string id) => Find(faults, id));
        group.MapGet("/faults/{id}/hits/{times:int}", (string id, int times, CancellationToken cancellationToken) =>
            WaitForHitsAsync(faults, id, times, cancellationToken));
        group.MapPost("/faults/{id}/release", (string id) => Release(faults, id));
        group.MapDelete("/faults/{id}", (string id) => faults.Remove(id) ? Results.NoContent() : NotFound(id));
    }

    private static async Task<IResult> AddAsync(HttpRequest request, Faults faults)
    {
        try
        {
            var rule = await JsonSerializer.DeserializeAsync<FaultRule>(request.Body, ControlJson.Options);
            if (rule is null)
                return Invalid("body: null; expected a JSON object such as {\"system\":\"s3\",\"status\":503}.");
            var fault = faults.Add(rule);
            return Results.Json(FaultState.Of(fault), ControlJson.Options, statusCode: StatusCodes.Status201Created);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return Invalid(e.Message);
        }
    }

    private static IResult Find(Faults faults, string id) =>
        faults.Find(id) is { } fault ? Json(FaultState.Of(fault)) : NotFound(id);

    // Answers once the fault has applied to that many calls, so that a test waits for the call instead of polling.
    private static async Task<IResult> WaitForHitsAsync(
        Faults faults, string id, int times, CancellationToken cancellationToken)
    {
        if (faults.Find(id) is not { } fault)
            return NotFound(id);
        await fault.WaitForHitsAsync(times, cancellationToken);
        return Json(FaultState.Of(fault));
    }

    private static IResult Release(Faults faults, string id)
    {
        if (faults.Find(id) is not { } fault)
            return NotFound(id);
        fault.Release();
        return Results.NoContent();
    }

    private static IResult Clear(Faults faults)
    {
        faults.Clear();
        return Results.NoContent();
    }

    private static IResult Json(object value) => Results.Json(value, ControlJson.Options);

    private static IResult Invalid(string detail) =>
        Results.Problem(detail, title: "Not a fault", statusCode: StatusCodes.Status400BadRequest);

    private static IResult NotFound(string id) =>
        Results.Problem($"There is no fault '{id}'; GET {ControlApi.Root}/faults lists them.", statusCode: 404);
}
