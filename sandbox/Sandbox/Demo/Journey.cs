using System.Text.Json.Nodes;

namespace Sandbox.Demo;

/// <summary>
/// From a sign-up to an admin user with a password: the quick start's four calls, the steps, and the invitation.
/// </summary>
internal sealed class Journey(
    ControlPlaneApi api, Inbox inbox, PasswordFolder passwords, Display display, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly List<(string Name, TimeSpan Duration)> times = [];

    public async Task RunAsync(string key, CancellationToken cancellationToken)
    {
        var customer = Customer.Of(key);
        var tenant = await FindTenantAsync(key, cancellationToken);
        if (Text(tenant, "status") == "ACTIVE" && passwords.Has(key))
        {
            display.WriteLine($"Tenant {key} is already ACTIVE.");
            return;
        }

        var started = time.GetTimestamp();
        tenant ??= await SignUpAsync(key, customer, cancellationToken);
        var id = Text(tenant, "id");
        if (Text(tenant, "status") != "ACTIVE")
            await ProvisionAsync(id, cancellationToken);
        await AcceptInvitationAsync(key, customer, cancellationToken);
        ShowTimes(time.GetElapsedTime(started));
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
                .FirstOrDefault(item =>
                    Text(item, "key") == key && Text(item, "status") is not ("EXPIRED" or "RELEASED"));
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
        display.WriteLine($"Lead {leadId}: {customer.Email}, {customer.Company}");
        if (lead!["key"] is not { } validation)
            throw new DemoException(
                "The demo needs the validation token, which LEAD_TOKEN_DELIVERY=email sends by mail only.");

        var verified = await TimedAsync("verify lead", () => api.CallAsync(
            HttpMethod.Post, $"/leads/{leadId}/verify", validation.GetValue<string>(), null, cancellationToken));
        display.WriteLine("The lead's e-mail address is verified.");

        var tenant = await TimedAsync("create tenant", () => api.CallAsync(
            HttpMethod.Post,
            $"/leads/{leadId}/tenants",
            Text(verified, "token"),
            customer.Tenant(key),
            cancellationToken));
        display.WriteLine($"Tenant {Text(tenant, "id")}: {key}, {Text(tenant, "status")}");
        return tenant!;
    }

    private async Task ProvisionAsync(string id, CancellationToken cancellationToken)
    {
        var workflow = await TimedAsync("start provisioning", () => api.CallAsync(
            HttpMethod.Post,
            $"/tenants/{id}/provision",
            api.OperatorToken,
            Customer.Subscription(id),
            cancellationToken));
        display.WriteLine($"Workflow {Text(workflow, "workflowId")}: {Text(workflow, "status")}");

        Progress progress = null!;
        await display.ShowStepsAsync(async show =>
        {
            var started = time.GetTimestamp();
            while (true)
            {
                progress = Progress.From((await api.CallAsync(
                    HttpMethod.Get, $"/tenants/{id}/provisioning", api.OperatorToken, null, cancellationToken))!);
                show(progress.Steps);
                if (progress.IsFinished)
                    return;
                if (time.GetElapsedTime(started) > Timeout)
                    throw new DemoException(
                        $"The tenant is still {progress.Status} after {Timeout.TotalMinutes} minutes.");
                await Task.Delay(PollInterval, time, cancellationToken);
            }
        });
        times.AddRange(progress.Steps
            .Where(step => step.Duration is not null)
            .Select(step => ($"  {step.Name}", step.Duration!.Value)));
        if (progress.Status != "ACTIVE")
            throw new DemoException($"The tenant is {progress.Status}: {progress.Failure ?? "no reason reported"}");
        display.WriteLine("The tenant is ACTIVE.");
    }

    private async Task AcceptInvitationAsync(string key, Customer customer, CancellationToken cancellationToken)
    {
        if (await inbox.InvitationLinkAsync(customer.Email, cancellationToken) is not { } link)
        {
            display.WriteLine("No invitation was sent (is Novu disabled?): the admin user has no password yet.");
            return;
        }

        var password = await passwords.CreateAsync(key, cancellationToken);
        var acceptance = new JsonObject { ["token"] = link.Fragment.TrimStart('#'), ["password"] = password };
        await TimedAsync("accept invitation", () => api.CallAsync(
            HttpMethod.Post, "/invitations/accept", null, acceptance, cancellationToken));
        passwords.Confirm(key);
        display.WriteLine($"The invitation is accepted. The admin user's password is in {passwords.FileOf(key)}");
    }

    private async Task<T> TimedAsync<T>(string name, Func<Task<T>> call)
    {
        var started = time.GetTimestamp();
        var answer = await call();
        times.Add((name, time.GetElapsedTime(started)));
        return answer;
    }

    private void ShowTimes(TimeSpan total)
    {
        display.WriteLine("");
        display.WriteLine("Time");
        foreach (var (name, duration) in times)
            display.WriteLine($"  {name,-28}{Display.Seconds(duration),9}");
        display.WriteLine($"  {"from sign-up to password",-28}{Display.Seconds(total),9}");
        display.WriteLine("");
    }

    private static string Text(JsonNode? node, string name) => node?[name]?.GetValue<string>() ?? "";
}
