namespace Sandbox.Novu;

/// <summary>/v2/workflows</summary>
internal static class WorkflowsApi
{
    public static void MapWorkflows(this WebApplication app, NovuStore store)
    {
        var group = app.MapGroup("/v2/workflows");
        group.MapPost("/", (HttpRequest request) => CreateAsync(request, store));
        group.MapGet("/", () => List(store));
        group.MapGet("/{id}", (string id) => NovuAnswer.Data(WorkflowFields.Answer(Find(store, id))));
        group.MapPut("/{id}", (string id, HttpRequest request) => ReplaceAsync(id, request, store));
        group.MapPatch("/{id}", (string id, HttpRequest request) => PatchAsync(id, request, store));
        group.MapDelete("/{id}", (string id) => Delete(store, id));
    }

    private static async Task<IResult> CreateAsync(HttpRequest request, NovuStore store)
    {
        var body = await NovuBody.ReadAsync(request);
        var wanted = body.Text("workflowId") ?? WorkflowFields.Identifier(body.RequiredText("name"));
        return store.Transaction(() =>
        {
            var now = store.Time.GetUtcNow();
            var id = NovuId.New(now);
            // An identifier that is taken is not refused: the new workflow gets one of its own.
            var workflowId = store.Workflow(wanted) is null ? wanted : $"{wanted}-{id[^4..]}";
            var workflow = WorkflowFields.Read(body, id, workflowId, now, now);
            store.Put(workflow);
            return NovuAnswer.Data(WorkflowFields.Answer(workflow), StatusCodes.Status201Created);
        });
    }

    private static async Task<IResult> ReplaceAsync(string id, HttpRequest request, NovuStore store)
    {
        var body = await NovuBody.ReadAsync(request);
        return store.Transaction(() =>
        {
            var old = Find(store, id);
            return Stored(
                store, WorkflowFields.Read(body, old.Id, old.WorkflowId, old.CreatedAt, store.Time.GetUtcNow()));
        });
    }

    private static async Task<IResult> PatchAsync(string id, HttpRequest request, NovuStore store)
    {
        var body = await NovuBody.ReadAsync(request);
        return store.Transaction(() =>
        {
            var old = Find(store, id);
            return Stored(store, old with
            {
                Name = body.Text("name") ?? old.Name,
                Description = body.Text("description") ?? old.Description,
                Active = body.Flag("active") ?? old.Active,
                UpdatedAt = store.Time.GetUtcNow(),
            });
        });
    }

    private static IResult Delete(NovuStore store, string id)
    {
        store.DeleteWorkflow(Find(store, id).WorkflowId);
        return Results.NoContent();
    }

    private static IResult List(NovuStore store) => NovuAnswer.Data(new System.Text.Json.Nodes.JsonObject
    {
        ["workflows"] = new System.Text.Json.Nodes.JsonArray([.. store.Workflows().Select(WorkflowFields.Answer)]),
        ["totalCount"] = store.Workflows().Count,
    });

    private static IResult Stored(NovuStore store, Workflow workflow)
    {
        store.Put(workflow);
        return NovuAnswer.Data(WorkflowFields.Answer(workflow));
    }

    private static Workflow Find(NovuStore store, string id) => store.Workflow(id)
        ?? throw NovuException.NotFound($"Workflow cannot be found: {id}");
}
