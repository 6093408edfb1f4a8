using System.Text.Json.Nodes;

namespace Sandbox.Novu;

/// <summary>The endpoints at /v2/subscribers.</summary>
internal static class SubscribersApi
{
    public static void MapSubscribers(this WebApplication app, NovuStore store)
    {
        var group = app.MapGroup("/v2/subscribers");
        group.MapPost("/", (HttpRequest request) => CreateAsync(request, store));
        group.MapGet("/", (HttpRequest request) => List(request, store));
        group.MapGet("/{id}", (string id) => NovuAnswer.Data(SubscriberFields.Answer(Find(store, id))));
        group.MapPatch("/{id}", (string id, HttpRequest request) => PatchAsync(id, request, store));
        group.MapDelete("/{id}", (string id) => Delete(store, id));
    }

    private static async Task<IResult> CreateAsync(HttpRequest request, NovuStore store)
    {
        var body = await NovuBody.ReadAsync(request);
        var id = body.RequiredText("subscriberId");
        if (!SubscriberFields.IsId(id))
            throw NovuException.Invalid(
                "subscriberId", "subscriberId may hold letters, digits, - and _, or be an e-mail", id);
        var failIfExists = request.Query["failIfExists"] == "true";
        return store.Transaction(() =>
        {
            var now = store.Time.GetUtcNow();
            var existing = store.Subscriber(id);
            // Only a success is wrapped: Novu's client reads the subscriber from the bare body of this refusal.
            if (existing is not null && failIfExists)
                return Results.Json(SubscriberFields.Answer(existing), statusCode: StatusCodes.Status409Conflict);
            var subscriber = SubscriberFields.Merge(
                existing ?? new Subscriber(NovuId.New(now), id, now, now), body, now);
            store.Put(subscriber);
            return NovuAnswer.Data(SubscriberFields.Answer(subscriber), StatusCodes.Status201Created);
        });
    }

    private static async Task<IResult> PatchAsync(string id, HttpRequest request, NovuStore store)
    {
        var body = await NovuBody.ReadAsync(request);
        return store.Transaction(() =>
        {
            var subscriber = SubscriberFields.Merge(Find(store, id), body, store.Time.GetUtcNow());
            store.Put(subscriber);
            return NovuAnswer.Data(SubscriberFields.Answer(subscriber));
        });
    }

    private static IResult Delete(NovuStore store, string id) => store.DeleteSubscriber(id)
        ? NovuAnswer.Data(new JsonObject { ["acknowledged"] = true, ["status"] = "deleted" })
        : throw NotFound(id);

    private static IResult List(HttpRequest request, NovuStore store)
    {
        NovuStandIn.RequireNoQuery(request);
        return NovuAnswer.Page(store.Subscribers().Select(SubscriberFields.Answer));
    }

    private static Subscriber Find(NovuStore store, string id) => store.Subscriber(id) ?? throw NotFound(id);

    private static NovuException NotFound(string id) => NovuException.NotFound($"Subscriber: {id} was not found");
}
