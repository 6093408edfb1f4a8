using System.Text.Json.Nodes;

namespace Sandbox.Demo;

/// <summary>
/// From a sign-up to an administrator with a password: the quick start's four calls, and what follows them.
/// </summary>
internal sealed class Journey(
    ControlPlaneApi api, Inbox inbox, PasswordFolder passwords, Display display, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly List<(string What, TimeSpan Took)> times = [];

    public async Task RunAsync(string key, CancellationToken cancellationToken)
    {
        var customer = Customer.Of(key);
        var tenant = await FindTenantAsync(key, cancellationToken);
        if (Text(tenant, "status") == "ACTIVE" && passwords.Has(key))
        {
            display.Say($"Tenant {key} is ACTIVE already.");
            return;
        }

        var begun = time.GetTimestamp();
        tenant ??= await SignUpAsync(key, customer, cancellationToken);
        var id = Text(tenant, "id");
        if (Text(tenant, "status") != "ACTIVE")
            await ProvisionAsync(id, cancellationToken);
        await AcceptInvitationAsync(key, customer, cancellationToken);
        ShowTimes(time.GetElapsedTime(begun));
    }

    private async Task<JsonNode?> FindTenantAsync(string key, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var query = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await api.CallAsync(
                HttpMethod.Get, $"/tenants?limit=100{query}", api.OperatorToken, null, cancellationToken);
            var found = page!["items"]!.AsArray()
                .FirstOrDefault(item => Text(item, "key") == key && Text(item, "status") != "EXPIRED");
            if (found is not null)
                return found;
            cursor = page["next"]?.GetValue<string>();
        }
        while (cursor is not null);
        return null;
    }

    private async Task<JsonNode> SignUpAsync(string key, Customer customer, CancellationToken cancellationToken)
    {
        var lead = await TimedAsync("create lead", () => api.CallAsync(
            HttpMethod.Post, "/leads", null, customer.Lead(), cancellationToken));
        var leadId = Text(lead, "id");
        display.Say($"Lead {leadId}: {customer.Email}, {customer.Company}");
        if (lead!["key"] is not { } validation)
            throw new DemoException("The validation token goes out by mail only (LEAD_TOKEN_DELIVERY=email): no demo.");

        var verified = await TimedAsync("verify lead", () => api.CallAsync(
            HttpMethod.Post, $"/leads/{leadId}/verify", validation.GetValue<string>(), null, cancellationToken));
        display.Say("Its address is proven.");

        var tenant = await TimedAsync("create tenant", () => api.CallAsync(
            HttpMethod.Post,
            $"/leads/{leadId}/tenants",
            Text(verified, "token"),
            customer.Tenant(key),
            cancellationToken));
        display.Say($"Tenant {Text(tenant, "id")}: {key}, {Text(tenant, "status")}");
        return tenant!;
    }

    private async Task ProvisionAsync(string id, CancellationToken cancellationToken)
    {
        var started = await TimedAsync("start provisioning", () => api.CallAsync(
            HttpMethod.Post,
            $"/tenants/{id}/provision",
            api.OperatorToken,
            Customer.Subscription(id),
            cancellationToken));
        display.Say($"Workflow {Text(started, "workflowId")}");

        Progress progress = null!;
        await display.StepsAsync(async show =>
        {
            var begun = time.GetTimestamp();
            while (true)
            {
                progress = Progress.From((await api.CallAsync(
                    HttpMethod.Get, $"/tenants/{id}/provisioning", api.OperatorToken, null, cancellationToken))!);
                show(progress.Steps);
                if (progress.IsOver)
                    return;
                if (time.GetElapsedTime(begun) > Patience)
                    throw new DemoException(
                        $"After {Patience.TotalMinutes} minutes the tenant is still {progress.Status}.");
                await Task.Delay(Pause, time, cancellationToken);
            }
        });
        times.AddRange(progress.Steps
            .Where(step => step.Took is not null)
            .Select(step => ($"  {step.Name}", step.Took!.Value)));
        if (progress.Status != "ACTIVE")
            throw new DemoException($"The tenant is {progress.Status}: {progress.Failure ?? "no reason was given"}");
        display.Say("The tenant is ACTIVE.");
    }

    private async Task AcceptInvitationAsync(string key, Customer customer, CancellationToken cancellationToken)
    {
        if (await inbox.InvitationLinkAsync(customer.Email, cancellationToken) is not { } link)
        {
            display.Say("No invitation was mailed (is Novu switched off?): the administrator has no password yet.");
            return;
        }

        var password = await passwords.CreateAsync(key, cancellationToken);
        var acceptance = new JsonObject { ["token"] = link.Fragment.TrimStart('#'), ["password"] = password };
        await TimedAsync("accept invitation", () => api.CallAsync(
            HttpMethod.Post, "/invitations/accept", null, acceptance, cancellationToken));
        passwords.Keep(key);
        display.Say($"The invitation is accepted; the administrator's password is in {passwords.FileOf(key)}");
    }

    private async Task<T> TimedAsync<T>(string what, Func<Task<T>> call)
    {
        var begun = time.GetTimestamp();
        var answer = await call();
        times.Add((what, time.GetElapsedTime(begun)));
        return answer;
    }

    private void ShowTimes(TimeSpan total)
    {
        display.Say("");
        display.Say("Time");
        foreach (var (what, took) in times)
            display.Say($"  {what,-28}{Display.Seconds(took),9}");
        display.Say($"  {"from sign-up to password",-28}{Display.Seconds(total),9}");
        display.Say("");
    }

    private static string Text(JsonNode? node, string name) => node?[name]?.GetValue<string>() ?? "";
}
