namespace Sandbox.Novu;

/// <summary>The endpoints at /v2/workflows.</summary>
internal static class WorkflowsApi
{
    public static void MapWorkflows(this WebApplication app, NovuStore store)
    {
        var group = app.MapGroup("/v2/workflows");
        group.MapPost("/", (HttpRequest request) => CreateAsync(request, store));
        group.MapGet("/", (HttpRequest request) => List(request, store));
        group.MapGet("/{id}", (string id) => NovuAnswer.Data(WorkflowFields.Answer(Find(store, id))));
        group.MapPut("/{id}", (string id, HttpRequest request) => ReplaceAsync(id, request, store));
        group.MapPatch("/{id}", (string id, HttpRequest request) => PatchAsync(id, request, store));
        group.MapDelete("/{id}", (string id) => Delete(store, id));
    }

    private static async Task<IResult> CreateAsync(HttpRequest request, NovuStore store)
    {
        var body = await NovuBody.ReadAsync(request);
        var requestedId = body.Text("workflowId") ?? WorkflowFields.Identifier(body.RequiredText("name"));
        return store.Transaction(() =>
        {
            var now = store.Time.GetUtcNow();
            var id = NovuId.New(now);
            // Novu does not refuse an identifier in use: the new workflow gets another one.
            var workflowId = store.Workflow(requestedId) is null ? requestedId : $"{requestedId}-{id[^4..]}";
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
            var current = Find(store, id);
            var now = store.Time.GetUtcNow();
            return Store(store, WorkflowFields.Read(body, current.Id, current.WorkflowId, current.CreatedAt, now));
        });
    }

    private static async Task<IResult> PatchAsync(string id, HttpRequest request, NovuStore store)
    {
        var body = await NovuBody.ReadAsync(request);
        return store.Transaction(() =>
        {
            var current = Find(store, id);
            return Store(store, current with
            {
                Name = body.Text("name") ?? current.Name,
                Description = body.Text("description") ?? current.Description,
                Active = body.Flag("active") ?? current.Active,
                UpdatedAt = store.Time.GetUtcNow(),
            });
        });
    }

    private static IResult Delete(NovuStore store, string id)
    {
        store.DeleteWorkflow(Find(store, id).WorkflowId);
        return Results.NoContent();
    }

    private static IResult List(HttpRequest request, NovuStore store)
    {
        NovuStandIn.RequireNoQuery(request);
        return NovuAnswer.Data(new System.Text.Json.Nodes.JsonObject
        {
            ["workflows"] = new System.Text.Json.Nodes.JsonArray([.. store.Workflows().Select(WorkflowFields.Answer)]),
            ["totalCount"] = store.Workflows().Count,
        });
    }

    private static IResult Store(NovuStore store, Workflow workflow)
    {
        store.Put(workflow);
        return NovuAnswer.Data(WorkflowFields.Answer(workflow));
    }

    private static Workflow Find(NovuStore store, string id) => store.Workflow(id)
        ?? throw NovuException.NotFound($"Workflow cannot be found: {id}");
}
